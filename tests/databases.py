"""Databases for tests: files for SQLite, and a PostgreSQL server of the tests' own."""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, make_url, text

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("sqlite", "postgresql")


class SqliteFiles:
    def __init__(self, folder: Path):
        self._folder = folder
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return str(self._folder / f"{next(self._numbers)}.db")


class PostgresqlDatabases:
    def __init__(self, server):
        self.server = server
        self._url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        self._numbers = itertools.count(1)

    def run(self, statement: str) -> None:
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def new(self) -> str:
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        # As people write it, without naming the driver.
        url = self._url.set(drivername="postgresql", database=name)
        return url.render_as_string(hide_password=False)


@contextmanager
def running_postgresql():
    """A server of its own, gone afterwards. Nothing has to be installed by hand for it."""
    try:
        with warnings.catch_warnings():
            # It looks for XDG_RUNTIME_DIR, which we do not need.
            warnings.simplefilter("ignore")
            import pgserver
    except ImportError as error:
        # There is no wheel for every system; CI has one that has it.
        if os.environ.get("CI"):
            pytest.fail(f"pgserver is missing: {error}")
        pytest.skip(f"pgserver has no wheel for {sys.platform}")
    # Not in pytest's own folder: run as root, the server has a user of its own, and another pytest
    # that starts meanwhile makes that folder root's alone again.
    folder = tempfile.mkdtemp(prefix="akunsub-postgresql-")
    server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield PostgresqlDatabases(server)
    finally:
        server.cleanup()
