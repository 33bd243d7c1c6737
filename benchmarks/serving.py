"""``akunsub serve`` in a process of its own, as its users run it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Served(NamedTuple):
    """A running endpoint."""

    url: str
    process_id: int


@contextlib.contextmanager
def serving(database: str) -> Iterator[Served]:
    """
    Run the endpoint on *database*.

    Args:
        database: As for ``--db``: a file or a URL.
    """
    with tempfile.TemporaryDirectory(prefix="akunsub-serve-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "akunsub", "serve", "--port", "0", "--json", "--db", database],
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        assert process.stdout is not None  # noqa: S101 (for readers: it is a pipe)
        try:
            with process.stdout as output:
                yield Served(json.loads(output.readline())["url"], process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)
