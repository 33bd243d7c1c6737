"""Every call to the endpoint, good or bad, and why, as it came and as it was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import bindparam, cast, func, insert, or_, select, true

from akunsub.platform import many, tables
from akunsub.platform.schema import LEDGER_LOCK, hold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping

Verdict = Literal["good", "bad"]
MAX_PAGE = 1000
_RECORD = insert(tables.call).execution_options(can_wait="recorded")
_LAST_ID = select(func.coalesce(func.max(tables.call.c.id), 0))
# On PostgreSQL, writers do not wait for each other: each shares the lock before it gets an id.
_SHARED = (
    select(func.pg_advisory_xact_lock_shared(LEDGER_LOCK)).cte("shared").prefix_with("MATERIALIZED")
)
#: For several calls at once: the columns of ``recorded``.
RECORDED: many.Types = {one.name: one.type for one in tables.call.c if one.name != "id"}
_RECORD_SHARED = (
    insert(tables.call)
    .from_select(
        list(RECORDED),
        select(*(bindparam(name, type_=of_one) for name, of_one in RECORDED.items())).select_from(
            _SHARED
        ),
    )
    .execution_options(can_wait="recorded")
)
_rows = many.rows_of("recorded", RECORDED)
RECORD_MANY = insert(tables.call).from_select(
    list(RECORDED), select(*_rows.c).select_from(_SHARED.join(_rows, true()))
)
_SEARCHED = ("action", "smid", "categories", "reason", "request")


@dataclass(frozen=True)
class Call:
    """One call, as it came and as it was answered."""

    at: datetime
    action: str
    smid: str | None
    categories: Sequence[str] | None
    resource_id: int | None
    verdict: Verdict
    #: The rule and what was wrong; "ok" or another good word.
    reason: str
    #: A code (one word, see README.md), or the good word.
    rule: str
    #: method, path, headers, body
    request: dict[str, Any]
    #: status, body
    answer: dict[str, Any]
    #: What the developer should do.
    fix: str | None = None
    #: The fields of the nearest call that would have been good.
    nearest: dict[str, object] | None = None
    #: What was good, and may still not be meant.
    warnings: Sequence[str] = ()
    #: The status that the platform would have registered an event for.
    event: str | None = None


def record(connection: Connection, call: Call) -> None:
    """
    Add *call* to the ledger.

    Do it last: whoever reads what is new waits for the end of the transaction.
    """
    statement = _RECORD_SHARED if connection.dialect.name == "postgresql" else _RECORD
    connection.execute(statement, vars(call) | {"warnings": list(call.warnings)})


def list_calls(
    connection: Connection,
    *,
    since: int = 0,
    smid: str | None = None,
    verdict: Verdict | None = None,
    limit: int = MAX_PAGE,
) -> list[dict[str, Any]]:
    """
    Return calls in the order in which they came.

    Args:
        connection: A reading transaction does.
        since: Only calls with a greater id.
        smid: Only calls that named this smid.
        verdict: Only good or only bad ones.
        limit: At most so many; the caller goes on with ``since``.
    """
    exact = {"smid": smid, "verdict": verdict}
    conditions = [
        tables.call.c[name] == value for name, value in exact.items() if value is not None
    ]
    return _list_since(connection, conditions, since, limit)


@dataclass(frozen=True)
class Search:
    """
    Which calls are looked for; everything that is not empty has to be so.

    Attributes:
        verdict: ``good`` or ``bad``.
        action: confirm, link, profiles/message_unsub …
        smid: The whole of it.
        text: Is somewhere in the call, in any case: in its action, smid, categories or reason, or
            in what was sent.
    """

    verdict: str = ""
    action: str = ""
    smid: str = ""
    text: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return it for a query of the table ``call``."""
        column = tables.call.c
        exact = {"verdict": self.verdict, "action": self.action, "smid": self.smid}
        found: list[ColumnElement[bool]] = [column[k] == v for k, v in exact.items() if v]
        if self.text:
            parts = [cast(column[name], tables.Text) for name in _SEARCHED]
            found.append(or_(*(one.icontains(self.text, autoescape=True) for one in parts)))
        return found


def find_call(connection: Connection, call_id: int) -> dict[str, Any] | None:
    """Return the call with that id."""
    table = tables.call
    row = connection.execute(select(table).where(table.c.id == call_id)).mappings().first()
    return _to_dict(row) if row else None


def search_calls(
    connection: Connection,
    search: Search,
    *,
    limit: int,
    before: int | None = None,
) -> list[dict[str, Any]]:
    """Return the last *limit* calls of ids below *before* that are found, the latest first."""
    table = tables.call
    query = select(table).where(*search.conditions()).order_by(table.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(table.c.id < before)
    return [_to_dict(row) for row in connection.execute(query).mappings()]


def list_found_since(
    connection: Connection, search: Search, *, since: int, limit: int = MAX_PAGE
) -> list[dict[str, Any]]:
    """Return what *search* finds of ids above *since*, in the order in which the calls came."""
    return _list_since(connection, search.conditions(), since, limit)


def latest_id(connection: Connection) -> int:
    """
    Return the id of the last call; 0: there is none.

    A reader can go on from there: no call with an id up to it is still to come.
    """
    if connection.dialect.name != "postgresql":
        return connection.scalar(_LAST_ID) or 0
    # Ids are given before the commit: those who have one are waited for. Released at once.
    with connection.begin_nested() as savepoint:
        hold(connection, LEDGER_LOCK)
        last = connection.scalar(_LAST_ID) or 0
        savepoint.rollback()
    return last


def list_actions(connection: Connection) -> list[str]:
    """Return what calls there are, by action."""
    return sorted(connection.scalars(select(tables.call.c.action).distinct()))


def _list_since(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], since: int, limit: int
) -> list[dict[str, Any]]:
    # Most who ask find nothing new, and nobody has to wait for that.
    if (connection.scalar(_LAST_ID) or 0) <= since:
        return []
    column = tables.call.c
    query = (
        select(tables.call)
        .where(column.id > since, column.id <= latest_id(connection), *conditions)
        .order_by(column.id)
        .limit(limit)
    )
    return [_to_dict(row) for row in connection.execute(query).mappings()]


def _to_dict(row: RowMapping) -> dict[str, Any]:
    return {**row, "at": row["at"].isoformat(timespec="milliseconds")}
