"""
The database: opening it, transactions, and putting the configured state into it.

What is committed is on disk: an answer with ``error: 0`` is given only after that.
"""

from __future__ import annotations

import random
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, delete, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from akunsub.errors import StoreUnavailableError
from akunsub.platform import database as databases
from akunsub.platform import resources, schema, tables
from akunsub.platform.configure import configure
from akunsub.platform.together import Together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import URL

    from akunsub.platform.settings import Settings
    from akunsub.platform.together import Wanted

Result = TypeVar("Result")

_MAX_TRIES = 5
# A person is waiting: no new try after that.
_MAX_TRYING_S = 5
_FIRST_PAUSE_S = 0.01


class Database:
    """
    One database that is there already, with what is configured in it.

    Args:
        database: A file for SQLite, or a URL: ``sqlite:///…`` or
            ``postgresql://user:password@host/name``.
        pool_size: How many connections may be open. Who finds all of them in use waits.
        production: Nothing but another process's start changes resources: they need not be read
            for each call.

    Raises:
        StoreUnavailableError: It is not there, cannot be opened, is no database, or is a newer
            program's.
    """

    def __init__(
        self, database: str | Path, *, pool_size: int = 16, production: bool = False
    ) -> None:
        url = databases.read_url(database)
        #: Where it is, for people: without a password.
        self.shown_url = databases.show_url(url)
        self._expect(url)
        # SQLite has one writer: threads of one process wait here, where one is woken at a time.
        is_sqlite = url.get_backend_name() == "sqlite"
        self._turn: AbstractContextManager[object] = Lock() if is_sqlite else nullcontext()
        try:
            self._engine = databases.make_engine(url, pool_size=pool_size)
            self._open()
        except (SQLAlchemyError, ImportError) as error:
            reason = databases.explain(error, url)
            raise StoreUnavailableError(self.shown_url, reason) from error
        if production:
            self._engine = resources.remembering(self._engine)
        self._together = Together(self.write, self.transact)
        self._reader = self._engine.execution_options(is_reader=True)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Begin a transaction that sees the latest state and may change it."""
        with self._turn, self._engine.begin() as connection:
            yield connection

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
            time.sleep(random.uniform(0.5, 1) * _FIRST_PAUSE_S * 2**number)  # noqa: S311 (no secret)  # nosec B311
        raise AssertionError("the last try returns or raises")

    def transact_together(self, work: Callable[[Connection], Result], wanted: Wanted) -> Result:
        """
        Do *work* as ``transact`` does, in one transaction with others that come at the same time.

        Args:
            work: Given what stands for the connection. It may be done in another thread.
            wanted: What it is about.
        """
        return self._together.transact(work, wanted)

    def read(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that only reads; it does not wait for writers."""
        return self._reader.begin()

    def is_current(self) -> bool:
        """Does the database answer, with the schema that this program knows?"""
        with self.read() as connection:
            return schema.is_current(connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _expect(self, url: URL) -> None:
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
            raise StoreUnavailableError(
                self.shown_url, "it is not there; --db names the one that akunsub serve uses"
            )

    def _open(self) -> None:
        try:
            schema.bring_up_to_date(self._engine, shown_url=self.shown_url)
        except BaseException:
            self.close()
            raise


class Store(Database):
    """
    One database, with the settings it was opened with.

    Args:
        database: As for Database; a SQLite file is made when it is not there.
        settings: Its resources replace those in the database; its messages are added when they
            are not there. What people did is kept.
        pool_size: As for Database.
        production: As for Database.

    Raises:
        StoreUnavailableError: It cannot be opened, is no database, or is a newer program's.
    """

    def __init__(
        self,
        database: str | Path,
        settings: Settings,
        *,
        pool_size: int = 16,
        production: bool = False,
    ) -> None:
        self.settings = settings
        super().__init__(database, pool_size=pool_size, production=production)

    def reset(self) -> None:
        """Go back to the configured state: what people did and the ledger are gone."""
        self.transact(self._reset)

    def _expect(self, url: URL) -> None:
        """Expect nothing: what is not there is made."""

    def _open(self) -> None:
        super()._open()
        try:
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
