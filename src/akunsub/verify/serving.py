"""``akunsub serve`` in a process of its own, as its users run it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from akunsub.errors import ServerError
from akunsub.verify.engines.processes import end_group

if TYPE_CHECKING:
    from collections.abc import Iterator


class Served(NamedTuple):
    """A running endpoint."""

    url: str
    process_id: int


@contextmanager
def serving(database: str | None = None, *, config: Path | None = None) -> Iterator[Served]:
    """
    Run the endpoint.

    Args:
        database: As for ``--db``, a file or a URL; ``None``: one that is gone at the end.
        config: An ``akunsub.toml``; ``None``: the built-in sample.

    Raises:
        ServerError: It does not start; the text is what it said.
    """
    with TemporaryDirectory(prefix="akunsub-serve-") as folder:
        command = [sys.executable, "-P", "-m", "akunsub", "serve", "--port", "0", "--json"]
        command += ["--db", database or str(Path(folder, "unsub.db"))]
        if config:
            command += ["--config", str(config.resolve())]
        # A file, not a pipe: nobody reads it while the endpoint runs.
        complaints = Path(folder, "stderr")
        with complaints.open("w") as stderr:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )
        with process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                if not line:
                    said = complaints.read_text(encoding="utf-8").strip()
                    raise ServerError(said.removeprefix("Error: ") or "akunsub serve ended")
                yield Served(json.loads(line)["url"], process.pid)
            finally:
                end_group(process)
