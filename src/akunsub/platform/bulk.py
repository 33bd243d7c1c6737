"""
Suspending and resuming all subscriptions of a database.

There may be a million of them, and people go on clicking meanwhile: they are changed in short
transactions, a range of ids each, and nothing is read into memory.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select, update

from akunsub.errors import CallRefusedError
from akunsub.platform import tables
from akunsub.platform.statuses import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from akunsub.platform.store import Store

#: Ids in one transaction: some 10 ms on an ordinary disk.
BATCH_IDS = 2000
# SQLite's waiting writers look again after 1 to 100 ms; nobody tells them that it is their turn.
_MIN_GAP_S = 0.01
# Each one that waits holds a thread of the server; the rest are left to the people who click.
_MAX_RUNS_AT_HAND = 4
_runs_at_hand = threading.BoundedSemaphore(_MAX_RUNS_AT_HAND)
_running = threading.Lock()
# Any number that nothing else in this database uses.
_POSTGRESQL_LOCK = 0x616B_756E_7375_6201


@dataclass(frozen=True)
class Scope:
    """Which subscriptions are meant. Deleted ones never are."""

    account_id: int
    db_id: int
    #: None: all.
    channel: str | None = None
    #: None: all.
    resource_id: int | None = None


def effective_status(now: datetime) -> ColumnElement[str]:
    """Return the status at *now* in SQL: what ``state.settle`` makes of a row."""
    c = tables.subscription.c
    ran_out = and_(c.status != Status.UNSUBSCRIBED.value, c.timer_ends_at <= now)
    is_over = and_(c.status == Status.SUSPENDED.value, c.suspended_until <= now)
    return case(
        (ran_out, Status.UNSUBSCRIBED.value), (is_over, Status.SUBSCRIBED.value), else_=c.status
    )


@contextmanager
def one_run(store: Store) -> Iterator[None]:
    """
    Wait until no other run is under way: two at a time would each count a part.

    Raises:
        CallRefusedError: ``busy``, when too many are waiting already.
    """
    if not _runs_at_hand.acquire(blocking=False):
        raise CallRefusedError(
            "busy", 503, "other runs over a whole database are under way; try again"
        )
    try:
        with _running, ExitStack() as held:
            connection = held.enter_context(store.read())
            if connection.dialect.name == "postgresql":
                # For other processes; it ends with the transaction.
                connection.execute(select(func.pg_advisory_xact_lock(_POSTGRESQL_LOCK)))
            else:
                held.close()
            yield
    finally:
        _runs_at_hand.release()


def change_all(
    store: Store, scope: Scope, before: Status, after: Status, now: datetime
) -> Iterator[int]:
    """
    Give each subscription whose status is *before* the status *after*; a timer runs on.

    Args:
        store: Not in a transaction of the caller's: each batch is one of its own.
        scope: Which ones.
        before: As it is at *now*.
        after: ``suspended`` is until somebody says otherwise.
        now: The time that statuses are for.

    Yields:
        How many each batch has changed.
    """
    c = tables.subscription.c
    with store.read() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        start = connection.scalar(select(func.min(c.id)))
        # What is added from now on was not meant.
        last = connection.scalar(select(func.max(c.id)))
    while start is not None and last is not None and start <= last:
        end = min(start + BATCH_IDS - 1, last)
        began_at = time.monotonic()
        with store.write() as connection:
            changed = connection.execute(
                update(tables.subscription)
                .where(c.id.between(start, end), *_in_scope(scope), effective_status(now) == before)
                .values(status=after.value, suspended_until=None)
            ).rowcount
        took_s = time.monotonic() - began_at
        yield changed
        if is_sqlite:
            time.sleep(max(_MIN_GAP_S, took_s))
        with store.read() as connection:
            start = connection.scalar(select(func.min(c.id)).where(c.id > end))


def _in_scope(scope: Scope) -> Iterator[ColumnElement[bool]]:
    c = tables.subscription.c
    # "+ 0": else SQLite takes an index that begins with one of them, and goes through the whole
    # database for each batch.
    yield c.db_id + 0 == scope.db_id
    yield c.account_id + 0 == scope.account_id
    yield c.is_delete.is_(False)
    if scope.channel is not None:
        yield c.channel == scope.channel
    if scope.resource_id is not None:
        yield c.resource_id == scope.resource_id
