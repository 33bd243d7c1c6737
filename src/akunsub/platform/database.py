"""
Which database: reading its address, and connections that keep what they commit.

SQLite and PostgreSQL. On both, an answered commit is on disk, and what a writer has read cannot be
changed by another before it commits (on PostgreSQL: where it was read for update).
"""

from __future__ import annotations

import random
import re
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from akunsub.errors import StoreUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

#: How long a writer waits for another.
BUSY_TIMEOUT_S = 10
_CONNECT_TIMEOUT_S = 10
_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_SECRETS = {"password", "sslpassword", "passfile"}
# serialization_failure and deadlock_detected; and unique_violation: two that add the same row at
# once, of which the second finds it there at its next try.
_PASSING_STATES = {"40001", "40P01", "23505"}


def read_url(database: str | Path) -> URL:
    """
    Return the address of *database*.

    Args:
        database: A file for SQLite, or a URL: ``sqlite:///…`` or ``postgresql://…``.

    Raises:
        StoreUnavailableError: It is neither.
    """
    text = str(database)
    try:
        url = (
            make_url(text)
            if "://" in text
            else URL.create("sqlite", database=str(Path(text).resolve()))
        )
    except (ArgumentError, ValueError) as error:
        raise StoreUnavailableError(
            re.sub("//.*@", "//***@", text), "not a file or a database URL"
        ) from error
    driver = _DRIVERS.get(url.drivername.partition("+")[0])
    if driver is None:
        raise StoreUnavailableError(
            show_url(url), "not a file or a database URL: there are sqlite:///… and postgresql://…"
        )
    if driver == "sqlite" and url.database in {None, "", ":memory:"}:
        raise StoreUnavailableError(text, "it must be a file, so that nothing is lost")
    return url.set(drivername=driver)


def show_url(url: URL) -> str:
    """Return *url* for people: without a password, and with PostgreSQL's usual name."""
    shown = url.set(
        drivername=url.drivername.partition("+")[0],
        query={name: "***" if name in _SECRETS else value for name, value in url.query.items()},
    )
    return shown.render_as_string(hide_password=True)


def make_engine(url: URL, *, pool_size: int) -> Engine:
    """
    Return an engine whose plain transactions may write; with the option ``is_reader`` they read.

    Raises:
        ImportError: The driver is missing; the text says what to install.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            # The one used last: its cache of pages is warm, and the others have none to fill.
            pool_use_lifo=True,
            hide_parameters=True,
        )
        _prepare_sqlite(engine)
        return engine
    try:
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            # An error's text goes into logs; what it is about are people.
            hide_parameters=True,
            # The server may have been restarted since the connection was last used.
            pool_pre_ping=True,
            connect_args={"connect_timeout": _CONNECT_TIMEOUT_S},
        )
    except ImportError as error:
        raise ImportError("its driver is missing: pip install 'akunsub[postgresql]'") from error
    _prepare_postgresql(engine)
    return engine


def explain(error: Exception, url: URL) -> str:
    """Return what a driver's *error* says, in one line and without the password."""
    text = " ".join(str(getattr(error, "orig", None) or error).split())
    secrets = [url.password, *(url.query.get(name) for name in _SECRETS)]
    for secret in secrets:
        if isinstance(secret, str) and secret:
            text = text.replace(secret, "***")
    return text


def is_passing(error: DBAPIError) -> bool:
    """Was it others' doing, so that the same transaction can succeed when it is done again?"""
    if getattr(error.orig, "sqlstate", None) in _PASSING_STATES:
        return True
    # "database is locked": SQLite has waited already, except where waiting could not have helped.
    return str(getattr(error.orig, "sqlite_errorname", "")).startswith("SQLITE_BUSY")


def _prepare_sqlite(engine: Engine) -> None:
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html, "Serializable isolation /
    # Savepoints / Transactional DDL": the driver's own BEGIN comes too late.
    @event.listens_for(engine, "connect")
    def _on_connect(driver_connection: Any, _record: object) -> None:  # noqa: ANN401
        driver_connection.isolation_level = None
        cursor = driver_connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")
        _switch_to_wal(cursor)
        # In WAL mode the default, NORMAL, may lose the last commits at a power cut.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A writer takes its lock first: what it then reads cannot be changed under it.
        if connection.get_execution_options().get("is_reader"):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    # SQLite's own waiting sleeps longer and longer, up to 100 ms: while one process is busy,
    # another would hardly get a turn (measured: 4 in 2,000).
    driver_connection: Any = connection.connection.dbapi_connection
    give_up_at = time.monotonic() + BUSY_TIMEOUT_S
    driver_connection.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except DBAPIError as error:
                if not is_passing(error) or time.monotonic() > give_up_at:
                    raise
                time.sleep(random.uniform(0.001, 0.004))  # noqa: S311 (no secret)  # nosec B311
            else:
                return
    finally:
        driver_connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")


def _switch_to_wal(cursor: sqlite3.Cursor) -> None:
    # A new file is switched once, and SQLite does not wait when another process is at it.
    give_up_at = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if (
                error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY
                or time.monotonic() > give_up_at
            ):
                raise
            time.sleep(0.01)
        else:
            return


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(driver_connection: Any, _record: object) -> None:  # noqa: ANN401
        cursor = driver_connection.cursor()
        cursor.execute(f"SET lock_timeout = '{BUSY_TIMEOUT_S}s'")
        # "on" is the default; a server that has it off would lose the last commits at a crash.
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )
        cursor.close()
        driver_connection.commit()
