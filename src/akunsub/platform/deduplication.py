"""
Repeated requests: the same key within 24 hours gets the first answer again.

A click whose answer was lost is sent again; without this it could act twice.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import JSON, bindparam, cast, delete, func, insert, select

from akunsub.platform import many, tables
from akunsub.platform.schema import hold

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: The platform's own window, "1 day".
WINDOW = timedelta(hours=24)
#: Characters.
MAX_KEY_LENGTH = 200
_MAX_FORGOTTEN = 100
# Looking for what is over takes as long as a statement that finds something: not at every answer.
_FORGET_EVERY = 20

_TABLE = tables.answered_request
# Made once: to make a statement takes SQLAlchemy longer than SQLite to carry it out.
_FIND = select(_TABLE).where(_TABLE.c.request_id.in_(bindparam("keys", expanding=True)))
_ADD = insert(_TABLE).execution_options(can_wait="kept")
#: For several answers at once: the columns of ``kept``.
KEPT: many.Types = {one.name: one.type for one in _TABLE.c}
_rows = many.rows_of("kept", KEPT)
ADD_MANY = insert(_TABLE).from_select(
    list(KEPT),
    select(
        *(
            func.coalesce(one, cast(JSON.NULL, JSON)) if one.name == "answer" else one
            for one in _rows.c
        )
    ),
)
_REMOVE = delete(_TABLE).where(
    _TABLE.c.request_id == bindparam("key"), _TABLE.c.answered_at == bindparam("known_at")
)
# A few at a time: after a busy hour nobody's click has to wait for all of it to go. What another
# process is removing is left to it.
_FORGET = (
    delete(_TABLE)
    .where(
        _TABLE.c.request_id.in_(
            select(_TABLE.c.request_id)
            .where(_TABLE.c.answered_at <= bindparam("until"))
            .order_by(_TABLE.c.answered_at)
            .limit(_MAX_FORGOTTEN)
            .with_for_update(skip_locked=True)
        )
    )
    .execution_options(can_wait="forgotten")
)


class FirstAnswer(NamedTuple):
    """What the first request with a key was, and what it was answered."""

    fingerprint: str
    answer: dict[str, Any]
    #: When the wish was made that it was about, where that is known.
    made_at: datetime | None = None


class Requests:
    """
    What is known of some requests, as it was read: ``read_requests``.

    Whoever adds to it while another does the same is told by the database, and tries again.
    """

    def __init__(self, rows: Mapping[str, Row[Any]], now: datetime) -> None:
        self._rows = rows
        self._now = now

    def find_answer(self, key: str) -> FirstAnswer | None:
        """Return the first answer to this request, or None when it is new."""
        row = self._find(key)
        if row is None or row.answer is None:
            return None
        return FirstAnswer(row.fingerprint, row.answer, row.made_at)

    def is_superseded(self, key: str, *, scope: str) -> bool:
        """Did a request of the same *scope* take the place of this one before it came?"""
        row = self._find(key)
        return row is not None and row.answer is None and row.fingerprint == scope

    def find_newest_wish(self, keys: Collection[str]) -> datetime | None:
        """Return when the newest wish was made of those of *keys* that were answered."""
        rows = [self._find(key) for key in keys]
        return max((row.made_at for row in rows if row and row.made_at), default=None)

    def supersede(self, connection: Connection, keys: Collection[str], *, scope: str) -> None:
        """
        Let requests that have not come yet do nothing. What was answered stays answered.

        Args:
            connection: The transaction that they were read in.
            keys: What their callers call them, or will.
            scope: What they are about; one about something else is not meant.
        """
        for key in sorted(key for key in keys if self.find_answer(key) is None):
            self._keep(connection, key, fingerprint=scope, answer=None, made_at=None)

    def keep_answer(self, connection: Connection, key: str, first: FirstAnswer) -> None:
        """Remember the first answer to this request; now and then, forget those that are over."""
        if random.randrange(_FORGET_EVERY) == 0:  # noqa: S311 (no secret)  # nosec B311
            forget_some(connection, self._now)
        self._keep(connection, key, **first._asdict())

    def _find(self, key: str) -> Row[Any] | None:
        row = self._rows.get(key)
        return None if row is None or row.answered_at <= self._now - WINDOW else row

    def _keep(self, connection: Connection, key: str, **values: object) -> None:
        known = self._rows.get(key)
        if known is not None:
            # Only what was read: if another has changed it since, adding it fails.
            connection.execute(_REMOVE, {"key": key, "known_at": known.answered_at})
        connection.execute(_ADD, {"request_id": key, "answered_at": self._now, **values})


def read_requests(connection: Connection, keys: Collection[str], now: datetime) -> Requests:
    """
    Read what is known of these requests.

    Args:
        connection: In a writing transaction.
        keys: What their callers call them, at most MAX_KEY_LENGTH characters each.
        now: Aware UTC.
    """
    return Requests(read_rows(connection, keys), now)


def read_rows(connection: Connection, keys: Collection[str]) -> dict[str, Row[Any]]:
    """Return what is stored of these requests, by key."""
    rows = connection.execute(_FIND, {"keys": list(keys)}).all() if keys else []
    return {row.request_id: row for row in rows}


def find_answer(connection: Connection, key: str, now: datetime) -> FirstAnswer | None:
    """
    Return the first answer to this request, or None when it is new.

    Another process that has the same key in hand is waited for, and others wait for this one.
    """
    hold(connection, key)
    return read_requests(connection, [key], now).find_answer(key)


def forget_some(connection: Connection, now: datetime) -> None:
    """Forget some of what is over, so that it does not become more and more."""
    connection.execute(_FORGET, {"until": now - WINDOW})


def keep_answer(connection: Connection, key: str, first: FirstAnswer, now: datetime) -> None:
    """Remember the first answer to a request that ``find_answer`` holds, and forget some."""
    forget_some(connection, now)
    read_requests(connection, [key], now).keep_answer(connection, key, first)
