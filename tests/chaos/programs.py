"""The programs that are killed: endpoints, relays and the database; and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from tests.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import PostgresqlDatabases

_START_S = 60


@dataclass
class Program:
    """One ``akunsub`` command, alive or not."""

    name: str
    arguments: list[str]
    folder: Path
    process: subprocess.Popen | None = None
    starts: int = 0

    def start(self) -> None:
        """Start it; it need not answer yet."""
        self.starts += 1
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "akunsub", *self.arguments],
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is there."""
        if self.process is not None:
            self.process.send_signal(number)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end(self) -> None:
        """End it, whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@dataclass
class Postgresql:
    """The database server, which can be killed as well."""

    databases: PostgresqlDatabases
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.databases.new()

    def crash(self) -> None:
        """Kill its first process; the others end with it. Nothing is written down."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.databases.server.get_pid(), signal.SIGKILL)

    def start(self) -> None:
        """Start it again, once the last of the old ones has gone; it answers then."""
        until(self._answers, timeout_s=_START_S)

    def _answers(self) -> bool:
        try:
            # What was killed just now may still count as running.
            self.databases.server.ensure_postgres_running()
            psycopg.connect(self.url, connect_timeout=5).close()
        except (subprocess.SubprocessError, AssertionError, psycopg.Error):
            return False
        return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until_it_answers(port: int) -> None:
    until(lambda: _can_connect(port), timeout_s=_START_S)


def _can_connect(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
