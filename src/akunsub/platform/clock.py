"""
The endpoint's clock: the real time, or another one, to rehearse what takes half an hour.

It is kept in the database, so it is the same in every process and after a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from akunsub.platform import tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Far enough for any rehearsal, near enough that no later sum overflows.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Clock:
    """What the clock shows."""

    now: datetime
    is_real: bool
    #: Does it go on by itself?
    is_running: bool


def read(connection: Connection) -> Clock:
    """Return what the clock shows."""
    real = datetime.now(UTC)
    row = connection.execute(select(tables.clock)).one_or_none()
    if row is None:
        return Clock(real, is_real=True, is_running=True)
    if row.stands_at is not None:
        return Clock(row.stands_at, is_real=False, is_running=False)
    return Clock(real + timedelta(seconds=row.offset_seconds), is_real=False, is_running=True)


def advance(connection: Connection, by: timedelta) -> Clock:
    """
    Move the clock on. It goes on running if it ran, and stands if it stood.

    Raises:
        ValueError: It would leave the years 2000 to 2199.
    """
    shown = read(connection)
    try:
        now = shown.now + by
    except OverflowError:
        now = LATEST
    return _set(connection, now, is_running=shown.is_running)


def stand_at(connection: Connection, now: datetime) -> Clock:
    """
    Make the clock stand at *now*, until it is moved or made real again.

    Raises:
        ValueError: It is not within the years 2000 to 2199.
    """
    return _set(connection, now, is_running=False)


def make_real(connection: Connection) -> Clock:
    """Go back to the real time."""
    connection.execute(delete(tables.clock))
    return read(connection)


def _set(connection: Connection, now: datetime, *, is_running: bool) -> Clock:
    if not EARLIEST <= now < LATEST:
        raise ValueError("the clock goes from the year 2000 to 2199")
    # Only now: the first and the last hours that there are, are out of range in another zone.
    now = now.astimezone(UTC)
    offset = (now - datetime.now(UTC)).total_seconds()
    connection.execute(delete(tables.clock))
    connection.execute(
        insert(tables.clock).values(
            id=1, offset_seconds=offset, stands_at=None if is_running else now
        )
    )
    return read(connection)
