"""``akunsub serve`` in a process of its own, as its users run it."""

from __future__ import annotations

import json
import subprocess  # nosec B404  # lists of arguments, never a shell
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, NamedTuple

from akunsub.errors import ServerError
from akunsub.verify.engines.processes import end_group

if TYPE_CHECKING:
    from collections.abc import Iterator


class Served(NamedTuple):
    """A running endpoint."""

    url: str
    process_id: int


class Start:
    """
    A start that is under way.

    Args:
        process: That will be the endpoint.
        complaints: The file that it writes to when it does not start.
    """

    def __init__(self, process: subprocess.Popen[str], complaints: Path) -> None:
        self._process = process
        self._complaints = complaints

    def finish(self, settings: str = "") -> Served:
        """
        Return the endpoint once it answers.

        Args:
            settings: The text of an ``akunsub.toml``, if it waits for one.

        Raises:
            ServerError: It does not start; the text is what it said.
        """
        if self._process.stdin:
            with suppress(BrokenPipeError), self._process.stdin as stdin:
                stdin.write(settings)
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            said = self._complaints.read_text(encoding="utf-8").strip()
            raise ServerError(said.removeprefix("Error: ") or "akunsub serve ended")
        return Served(json.loads(line)["url"], self._process.pid)


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
    with starting(database, config=config) as start:
        yield start.finish()


@contextmanager
def starting(
    database: str | None = None, *, config: Path | Literal["-"] | None = None
) -> Iterator[Start]:
    """
    Begin to run the endpoint, and end it.

    Most of a start needs no settings: what finds them out can be done meanwhile.

    Args:
        database: As for ``serving``.
        config: As for ``serving``; "-": ``Start.finish`` is told the settings.
    """
    with TemporaryDirectory(prefix="akunsub-serve-") as folder:
        command = [sys.executable, "-P", "-m", "akunsub", "serve", "--port", "0", "--json"]
        command += ["--db", database or str(Path(folder, "unsub.db"))]
        if config:
            command += ["--config", "-" if config == "-" else str(Path(config).resolve())]
        # A file, not a pipe: nobody reads it while the endpoint runs.
        complaints = Path(folder, "stderr")
        with complaints.open("w") as stderr:
            process = subprocess.Popen(  # nosec B603  # a list of arguments of ours
                command,
                cwd=folder,
                stdin=subprocess.PIPE if config == "-" else None,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )
        with process:
            try:
                yield Start(process, complaints)
            finally:
                end_group(process)
