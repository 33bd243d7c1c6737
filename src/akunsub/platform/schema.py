"""
The schema's version: which one a database has, and bringing it to the one that this program knows.

The steps are in ``migrations``. All of them are one transaction: a database has its old schema or
the new one, never something between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, column, func, inspect, select, table, text

from akunsub.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Connection, Engine

#: The last step in ``migrations``, and all of them.
LATEST = "0005"
KNOWN = ("0001", "0002", "0003", "0004", "0005")
#: Advisory locks on PostgreSQL: for the schema and the configured state; for the ledger.
OPENING_LOCK = 7_301_001
LEDGER_LOCK = 7_301_002
_VERSION_TABLE = "alembic_version"
_MARK = table(_VERSION_TABLE, column("version_num", String))
# What version 0001 had, and a table of that name in somebody else's database has not.
_OURS = {"profile_id", "channel", "address", "unsubscribed_at"}


def bring_up_to_date(engine: Engine, *, shown_url: str) -> None:
    """
    Give the database the schema that this program knows. What is in it is kept.

    Args:
        engine: Its plain transactions may write; with the option ``is_reader`` they only read.
        shown_url: The database, for messages.

    Raises:
        StoreUnavailableError: The database is a newer program's, or somebody else's. It was left
            as it is.
    """
    with engine.execution_options(is_reader=True).begin() as connection:
        if _find_version(connection, shown_url) == (LATEST, True):
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Another process may have a long way to go.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
        hold(connection, OPENING_LOCK)
        # Another process may have done it while this one waited.
        version, is_marked = _find_version(connection, shown_url)
        if (version, is_marked) != (LATEST, True):
            _migrate(connection, mark_first=None if is_marked else version)


def is_current(connection: Connection) -> bool:
    """Has the database the schema that this program knows, as another may have changed it since?"""
    return list(connection.scalars(select(_MARK.c.version_num))) == [LATEST]


def hold(connection: Connection, lock: int | str) -> None:
    """
    Wait until nobody else holds *lock*, and hold it until the transaction ends.

    Args:
        connection: In a writing transaction. (On SQLite, a writer holds everything.)
        lock: A number of ours, or any text.
    """
    if connection.dialect.name == "postgresql":
        number = func.hashtextextended(lock, 0) if isinstance(lock, str) else lock
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def _find_version(connection: Connection, shown_url: str) -> tuple[str | None, bool]:
    """Return the schema's version, None when nothing of ours is there, and whether it is marked."""
    if inspect(connection).has_table(_VERSION_TABLE):
        marks: list[str] = list(connection.scalars(select(_MARK.c.version_num)))
        version = ", ".join(marks)
        if version and version not in KNOWN:
            raise StoreUnavailableError(
                shown_url,
                f"its schema has version {version}, this akunsub knows versions up to {LATEST}; "
                "install a newer akunsub, or use another database",
            )
        return version or None, True
    columns = _columns(connection, "subscription")
    if columns is None:
        return None, False
    if not columns >= _OURS:
        raise StoreUnavailableError(
            shown_url, "it has a table 'subscription' that is not akunsub's; use another database"
        )
    # Before there were versions, tables were made as they were then.
    if "db_id" not in columns:
        return "0001", False
    if _columns(connection, "outbox") is not None:
        return "0004", False
    has_wishes = "made_at" in (_columns(connection, "answered_request") or ())
    return "0003" if has_wishes else "0002", False


def _columns(connection: Connection, table_name: str) -> AbstractSet[str] | None:
    inspector = inspect(connection)
    if not inspector.has_table(table_name):
        return None
    return {one["name"] for one in inspector.get_columns(table_name)}


def _migrate(connection: Connection, *, mark_first: str | None) -> None:
    # Imported here: a database that is up to date does not pay for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "akunsub.platform:migrations")
    config.attributes["connection"] = connection
    if mark_first is not None:
        command.stamp(config, mark_first)
    command.upgrade(config, "head")
