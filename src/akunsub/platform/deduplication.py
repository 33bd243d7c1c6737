"""
Repeated requests: the same key within 24 hours gets the first answer again.

A click whose answer was lost is sent again; without this it could act twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select

from akunsub.platform import tables
from akunsub.platform.schema import hold

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: The platform's own window, "1 day".
WINDOW = timedelta(hours=24)
#: Characters.
MAX_KEY_LENGTH = 200
_MAX_FORGOTTEN = 100


class FirstAnswer(NamedTuple):
    """What the first request with a key was, and what it was answered."""

    fingerprint: str
    answer: dict[str, Any]
    #: When the wish was made that it was about, where that is known.
    made_at: datetime | None = None


def hold_request(connection: Connection, key: str) -> None:
    """Wait for another process that has this request in hand, and keep others waiting."""
    hold(connection, key)


def find_answer(connection: Connection, key: str, now: datetime) -> FirstAnswer | None:
    """
    Return the first answer to this request, or None when it is new.

    Another process that has the same key in hand is waited for.

    Args:
        connection: In a writing transaction.
        key: What the caller called the request, at most MAX_KEY_LENGTH characters.
        now: Aware UTC.
    """
    hold_request(connection, key)
    rows = _find_rows(connection, [key], now)
    if not rows or rows[0].answer is None:
        return None
    return FirstAnswer(rows[0].fingerprint, rows[0].answer, rows[0].made_at)


def is_superseded(connection: Connection, key: str, *, scope: str, now: datetime) -> bool:
    """Did a request of the same *scope* take the place of this one before it came?"""
    rows = _find_rows(connection, [key], now)
    return bool(rows) and rows[0].answer is None and rows[0].fingerprint == scope


def find_newest_wish(
    connection: Connection, keys: Collection[str], now: datetime
) -> datetime | None:
    """Return when the newest wish was made of those that were answered."""
    if not keys:
        return None
    return max(
        (row.made_at for row in _find_rows(connection, keys, now) if row.made_at), default=None
    )


def supersede(connection: Connection, keys: Collection[str], *, scope: str, now: datetime) -> None:
    """
    Let requests that have not come yet do nothing. What was answered stays answered.

    Args:
        connection: In a writing transaction that holds each of them (``hold_request``).
        keys: What their callers call them, or will.
        scope: What they are about; one about something else is not meant.
        now: Aware UTC.
    """
    if not keys:
        return
    answered = {
        row.request_id for row in _find_rows(connection, keys, now) if row.answer is not None
    }
    for key in sorted(set(keys) - answered):
        _keep(connection, key, now, fingerprint=scope, answer=None, made_at=None)
    _forget_some(connection, now)


def keep_answer(connection: Connection, key: str, first: FirstAnswer, now: datetime) -> None:
    """Remember the first answer to this request, and forget those that are over."""
    _forget_some(connection, now)
    _keep(connection, key, now, **first._asdict())


def _find_rows(connection: Connection, keys: Collection[str], now: datetime) -> Sequence[Row[Any]]:
    table = tables.answered_request
    return connection.execute(
        select(table).where(table.c.request_id.in_(keys), table.c.answered_at > now - WINDOW)
    ).all()


def _keep(connection: Connection, key: str, now: datetime, **values: object) -> None:
    table = tables.answered_request
    connection.execute(delete(table).where(table.c.request_id == key))
    connection.execute(insert(table).values(request_id=key, answered_at=now, **values))


def _forget_some(connection: Connection, now: datetime) -> None:
    table = tables.answered_request
    # A few at a time: after a busy hour nobody's click has to wait for all of it to go. What
    # another process is removing is left to it.
    over = (
        select(table.c.request_id)
        .where(table.c.answered_at <= now - WINDOW)
        .order_by(table.c.answered_at)
        .limit(_MAX_FORGOTTEN)
        .with_for_update(skip_locked=True)
    )
    connection.execute(delete(table).where(table.c.request_id.in_(over)))
