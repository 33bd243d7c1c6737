"""
What a change of a subscription means for the outbox: it follows the change, in its transaction.

Only for resources with an upstream, and for what came by a message's smid.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from akunsub.platform import outbox
from akunsub.platform.statuses import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from akunsub.platform.resources import Resource
    from akunsub.platform.subscriptions import Subscription

#: The platform may have subscribed a person again, unknown to us: who leaves again after so long is
#: passed on again.
REPEAT_AFTER = timedelta(hours=1)


def follow(
    connection: Connection,
    resource: Resource,
    before: Subscription,
    after: Subscription,
    now: datetime,
) -> bool:
    """
    Let the outbox follow what became of a subscription.

    Returns:
        False: the person stays, and what they did before can no longer be taken back, as it was
        passed on, or may have been. The caller decides what that means.
    """
    if not resource.has_upstream or before.smid is None:
        return True
    # Who has never asked for anything has nothing there: most people, so it is not looked for.
    is_first = before.state.asked_at is None and not before.categories
    waiting = [] if before == after or is_first else outbox.find_waiting(connection, before)
    whole = [row for row in waiting if row["categories"] is None]
    is_kept = _follow_whole(connection, before, after, now, whole)
    partial = [row for row in waiting if row["categories"] is not None]
    return _follow_categories(connection, before, after, now, partial) and is_kept


def repeat(
    connection: Connection, resource: Resource, subscription: Subscription, now: datetime
) -> None:
    """Who says again that they leave is passed on again, unless that is under way or was just."""
    if not resource.has_upstream or subscription.smid is None:
        return
    last = outbox.find_last(connection, subscription)
    if last is not None and last["state"] == "waiting":
        return
    is_recent = (
        last is not None
        and last["state"] == "delivered"
        and (now - last["settled_at"] < REPEAT_AFTER)
    )
    if not is_recent:
        outbox.add(connection, subscription, categories=None, now=now, due_at=now)


def _follow_whole(
    connection: Connection,
    before: Subscription,
    after: Subscription,
    now: datetime,
    waiting: Sequence[RowMapping],
) -> bool:
    had_left, has_left = (one.state.status is Status.UNSUBSCRIBED for one in (before, after))
    if has_left and not had_left:
        _deliver(connection, after, now, now, waiting)
    elif after.state.is_pending and not before.state.is_pending:
        _deliver(connection, after, now, after.state.timer_ends_at or now, waiting)
    elif (had_left and not has_left) or (before.state.is_pending and not after.state.is_pending):
        # A confirm may be passed on while its timer is still running.
        is_gone = all(outbox.can_be_taken_back(row) for row in waiting)
        is_delivered = had_left and not has_left and not waiting
        if not is_gone or is_delivered:
            return False
        for row in waiting:
            outbox.remove(connection, row["id"])
    return True


def _deliver(
    connection: Connection,
    subscription: Subscription,
    now: datetime,
    due_at: datetime,
    waiting: Sequence[RowMapping],
) -> None:
    if not waiting:
        outbox.add(connection, subscription, categories=None, now=now, due_at=due_at)
    elif outbox.can_be_taken_back(waiting[0]):  # else it is being sent, or about to be
        outbox.change(connection, waiting[0]["id"], due_at=due_at)


def _follow_categories(
    connection: Connection,
    before: Subscription,
    after: Subscription,
    now: datetime,
    waiting: Sequence[RowMapping],
) -> bool:
    had_left, has_left = set(before.left_categories), set(after.left_categories)
    if new := has_left - had_left:
        outbox.add(connection, after, categories=new, now=now, due_at=now)
    taken_up = had_left - has_left
    rows = [row for row in waiting if taken_up & set(row["categories"])]
    in_rows = {name for row in rows for name in row["categories"]}
    if not all(outbox.can_be_taken_back(row) for row in rows) or not taken_up <= in_rows:
        return False
    for row in rows:
        left = [name for name in row["categories"] if name not in taken_up]
        if left:
            outbox.change(connection, row["id"], categories=left)
        else:
            outbox.remove(connection, row["id"])
    return True
