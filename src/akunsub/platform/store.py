"""
The database: opening it, transactions, and putting the configured state into it.

What is committed is on disk: an answer with ``error: 0`` is given only after that.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, delete, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from akunsub.errors import StoreUnavailableError
from akunsub.platform import database as databases
from akunsub.platform import schema, tables
from akunsub.platform.configure import configure

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from akunsub.platform.settings import Settings

Result = TypeVar("Result")

_MAX_TRIES = 5
# A person is waiting: no new try after that.
_MAX_TRYING_S = 5
_FIRST_PAUSE_S = 0.01


class Store:
    """
    One database, with the settings it was opened with.

    Args:
        database: A file for SQLite, made when it is not there, or a URL: ``sqlite:///…`` or
            ``postgresql://user:password@host/name``.
        settings: Its resources replace those in the database; its messages are added when they
            are not there. What people did is kept.
        pool_size: How many connections may be open: one for each thread that will use it.

    Raises:
        StoreUnavailableError: It cannot be opened, is no database, or is a newer program's.
    """

    def __init__(self, database: str | Path, settings: Settings, *, pool_size: int = 16) -> None:
        self.settings = settings
        url = databases.read_url(database)
        #: Where it is, for people: without a password.
        self.shown_url = databases.show_url(url)
        try:
            self._engine = databases.make_engine(url, pool_size=pool_size)
            self._open()
        except (SQLAlchemyError, ImportError) as error:
            reason = databases.explain(error, url)
            raise StoreUnavailableError(self.shown_url, reason) from error
        self._reader = self._engine.execution_options(is_reader=True)

    def write(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that sees the latest state and may change it."""
        return self._engine.begin()

    def transact(self, work: Callable[[Connection], Result]) -> Result:
        """
        Do *work* in a writing transaction, and again when others were in its way.

        Args:
            work: Given the connection. It may run several times; what it did in the database in
                all but the last is undone.
        """
        began = time.monotonic()
        for number in range(_MAX_TRIES):
            try:
                with self.write() as connection:
                    return work(connection)
            except DBAPIError as error:
                is_last = number == _MAX_TRIES - 1 or time.monotonic() - began > _MAX_TRYING_S
                if is_last or not databases.is_passing(error):
                    raise
            # Of different length, or the two would meet again.
            time.sleep(random.uniform(0.5, 1) * _FIRST_PAUSE_S * 2**number)  # noqa: S311 (no secret)
        raise AssertionError("the last try returns or raises")

    def read(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that only reads; it does not wait for writers."""
        return self._reader.begin()

    def is_current(self) -> bool:
        """Does the database answer, with the schema that this program knows?"""
        with self.read() as connection:
            return schema.is_current(connection)

    def reset(self) -> None:
        """Go back to the configured state: what people did and the ledger are gone."""
        self.transact(self._reset)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _open(self) -> None:
        try:
            schema.bring_up_to_date(self._engine, shown_url=self.shown_url)
            self.transact(self._configure)
        except BaseException:
            self.close()
            raise

    def _configure(self, connection: Connection) -> None:
        # Another process may be starting too.
        schema.hold(connection, schema.OPENING_LOCK)
        configure(connection, self.settings)

    def _reset(self, connection: Connection) -> None:
        schema.hold(connection, schema.OPENING_LOCK)
        if connection.dialect.name == "postgresql":
            # Calls under way are waited for, and later ones wait: each begins with this table.
            connection.execute(text("LOCK TABLE subscription IN EXCLUSIVE MODE"))
        for table in reversed(tables.metadata.sorted_tables):
            connection.execute(delete(table))
        configure(connection, self.settings)
