"""Every call to the endpoint, good or bad, and why, as it came and as it was answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import insert, select

from akunsub.platform import tables
from akunsub.platform.schema import LEDGER_LOCK, hold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

Verdict = Literal["good", "bad"]
MAX_PAGE = 1000


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

    Do it last: calls have the order in which they were committed, so that a reader who goes on from
    an id misses none, and whoever comes after this waits for the end of the transaction.
    """
    hold(connection, LEDGER_LOCK)
    connection.execute(
        insert(tables.call).values(**asdict(call) | {"warnings": list(call.warnings)})
    )


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
    table = tables.call
    query = select(table).where(table.c.id > since).order_by(table.c.id).limit(limit)
    if smid is not None:
        query = query.where(table.c.smid == smid)
    if verdict is not None:
        query = query.where(table.c.verdict == verdict)
    return [_to_dict(row) for row in connection.execute(query).mappings()]


def list_latest_calls(connection: Connection, *, limit: int) -> list[dict[str, Any]]:
    """Return the last *limit* calls, the latest first."""
    query = select(tables.call).order_by(tables.call.c.id.desc()).limit(limit)
    return [_to_dict(row) for row in connection.execute(query).mappings()]


def _to_dict(row: RowMapping) -> dict[str, Any]:
    return {**row, "at": row["at"].isoformat(timespec="milliseconds")}
