"""
The database: opening it, transactions, and putting the configured state into it.

What is committed is on disk: an answer with ``error: 0`` is given only after that.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine, delete, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from akunsub.errors import StoreUnavailableError
from akunsub.platform import tables
from akunsub.platform.configure import configure

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import URL

    from akunsub.platform.settings import Settings

_BUSY_TIMEOUT_S = 10


class Store:
    """
    One database, with the settings it was opened with.

    Args:
        database: A file for SQLite, made when it is not there, or an SQLAlchemy URL.
        settings: Its resources replace those in the database; its messages are added when they
            are not there. What people did is kept.
        pool_size: How many connections may be open: one for each thread that will use it.

    Raises:
        StoreUnavailableError: It cannot be opened, or is no database.
    """

    def __init__(self, database: str | Path, settings: Settings, *, pool_size: int = 16) -> None:
        self.settings = settings
        url = _to_url(database)
        self._shown_url = url.render_as_string(hide_password=True)
        try:
            self._engine = create_engine(url, pool_size=pool_size, max_overflow=0)
            if url.get_backend_name() == "sqlite":
                _prepare_sqlite(self._engine)
            tables.metadata.create_all(self._engine)
            with self.write() as connection:
                configure(connection, settings)
        except (SQLAlchemyError, ImportError) as error:
            reason = str(getattr(error, "orig", None) or error)
            raise StoreUnavailableError(self._shown_url, reason) from error
        self._reader = self._engine.execution_options(is_reader=True)

    def write(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that sees the latest state and may change it."""
        return self._engine.begin()

    def read(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that only reads; it does not wait for writers."""
        return self._reader.begin()

    def reset(self) -> None:
        """Go back to the configured state: what people did and the ledger are gone."""
        with self.write() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(delete(table))
            configure(connection, self.settings)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _to_url(database: str | Path) -> URL:
    text = str(database)
    try:
        url = make_url(text if "://" in text else f"sqlite:///{Path(text).resolve()}")
        if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
            raise StoreUnavailableError(text, "it must be a file, so that nothing is lost")
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreUnavailableError(text, f"not a file or a database URL ({error})") from error
    return url


def _prepare_sqlite(engine: Any) -> None:  # noqa: ANN401 (sqlalchemy.event takes anything)
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html, "Serializable isolation /
    # Savepoints / Transactional DDL": the driver's own BEGIN comes too late.
    @event.listens_for(engine, "connect")
    def _on_connect(driver_connection: Any, _record: object) -> None:  # noqa: ANN401
        driver_connection.isolation_level = None
        cursor = driver_connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_S * 1000}")
        cursor.execute("PRAGMA journal_mode=WAL")
        # In WAL mode the default, NORMAL, may lose the last commits at a power cut.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A writer takes its lock first: what it then reads cannot be changed under it.
        is_reader = connection.get_execution_options().get("is_reader")
        connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")
