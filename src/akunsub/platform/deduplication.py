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
    from datetime import datetime

    from sqlalchemy import Connection

#: The platform's own window, "1 day".
WINDOW = timedelta(hours=24)
#: Characters.
MAX_KEY_LENGTH = 200
_MAX_FORGOTTEN = 100


class FirstAnswer(NamedTuple):
    """What the first request with a key was, and what it was answered."""

    fingerprint: str
    answer: dict[str, Any]


def find_answer(connection: Connection, key: str, now: datetime) -> FirstAnswer | None:
    """
    Return the first answer to this request, or None when it is new.

    Another process that has the same key in hand is waited for.

    Args:
        connection: In a writing transaction.
        key: What the caller called the request, at most MAX_KEY_LENGTH characters.
        now: Aware UTC.
    """
    hold(connection, key)
    table = tables.answered_request
    row = connection.execute(
        select(table.c.fingerprint, table.c.answer).where(
            table.c.request_id == key, table.c.answered_at > now - WINDOW
        )
    ).one_or_none()
    return None if row is None else FirstAnswer(row.fingerprint, row.answer)


def keep_answer(connection: Connection, key: str, first: FirstAnswer, now: datetime) -> None:
    """Remember the first answer to this request, and forget those that are over."""
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
    connection.execute(delete(table).where(table.c.request_id == key))
    connection.execute(
        insert(table).values(
            request_id=key, answered_at=now, fingerprint=first.fingerprint, answer=first.answer
        )
    )
