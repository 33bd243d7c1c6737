"""
What the server APIs do to one subscription: add, change, delete, list.

Everything is checked before anything is changed, so a refusal leaves no trace.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from akunsub.platform import subscriptions, tables, transitions
from akunsub.platform.state import Category, State, registers_event
from akunsub.platform.targets import (
    check_database,
    check_profile,
    deleted_subscription,
    find_subscription,
    look_for,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from akunsub.platform.statuses import Status
    from akunsub.platform.subscriptions import Subscription
    from akunsub.platform.targets import Target


@dataclass(frozen=True)
class Changes:
    """What is to be changed; None stays as it is."""

    status: Status | None = None
    priority: int | None = None
    #: Added to those that are there; a value None takes one away.
    custom_fields: Mapping[str, Any] | None = None
    #: API name to "is subscribed"; the others stay as they are. Checked.
    categories: Mapping[str, bool] | None = None


@dataclass(frozen=True)
class Changed:
    """A subscription after a change."""

    subscription: Subscription
    #: ok, or already when nothing was to be done.
    word: str
    #: The status that the platform would have registered an event for.
    event: str | None = None


def list_subscriptions(
    connection: Connection, account_id: int, db_id: int, profile_id: str, now: datetime
) -> list[Subscription]:
    """
    Return the profile's subscriptions that are not deleted.

    Raises:
        CallRefusedError: The database or the profile is unknown.
    """
    check_database(connection, account_id, db_id)
    check_profile(connection, account_id, db_id, profile_id)
    table = tables.subscription
    query = select(table).where(
        table.c.account_id == account_id,
        table.c.db_id == db_id,
        table.c.profile_id == profile_id,
        table.c.is_delete.is_(False),
    )
    rows = connection.execute(query.order_by(table.c.id)).mappings().all()
    return [subscriptions.to_subscription(connection, row, now) for row in rows]


def mark_deleted(
    connection: Connection, target: Target, now: datetime, *, is_delete: bool
) -> Changed:
    """Delete the subscription, which keeps its row, or take that back."""
    _, found = find_subscription(connection, target, now, deleted=True)
    if found.is_delete == is_delete:
        return Changed(found, "already")
    _update(connection, found.id, is_delete=is_delete)
    return Changed(replace(found, is_delete=is_delete), "ok")


def put_subscription(
    connection: Connection, target: Target, changes: Changes, now: datetime
) -> Changed:
    """
    Change the subscription, or add it when it is new.

    Raises:
        CallRefusedError: A part of what names it is unknown, or it is deleted.
    """
    _, found = look_for(connection, target, now)
    if found is None:
        check_profile(connection, target.account_id, target.db_id, target.profile_id)
        before = _add(connection, target, now)
    elif found.is_delete:
        raise deleted_subscription()
    else:
        before = found
    after = _changed(before, target, changes, now)
    subscriptions.save(connection, before, after)
    values = {
        name: getattr(after, name)
        for name in ("provider", "priority", "custom_fields")
        if getattr(after, name) != getattr(before, name)
    }
    if values:
        _update(connection, before.id, **values)
    is_event = registers_event(before.state.status, after.state.status)
    return Changed(
        after,
        "already" if after == found else "ok",
        after.state.status.value if is_event else None,
    )


def _changed(before: Subscription, target: Target, changes: Changes, now: datetime) -> Subscription:
    state = before.state
    if changes.status is not None:
        state = transitions.put(state, changes.status, now)
    fields = {**before.custom_fields, **(changes.custom_fields or {})}
    choices = {
        name: Category(is_left=not is_active, chosen_at=now)
        for name, is_active in (changes.categories or {}).items()
    }
    after = replace(
        before,
        provider=before.provider or target.provider,
        priority=before.priority if changes.priority is None else changes.priority,
        custom_fields={name: value for name, value in fields.items() if value is not None},
        state=state,
    )
    return subscriptions.with_categories(after, choices)


def _add(connection: Connection, target: Target, now: datetime) -> Subscription:
    table = tables.subscription
    added = connection.execute(
        insert(table).values(**vars(target), status=State().status.value, custom_fields={})
    )
    query = select(table).where(table.c.id == added.inserted_primary_key[0])  # type: ignore[index]
    return subscriptions.to_subscription(
        connection, connection.execute(query).mappings().one(), now
    )


def _update(connection: Connection, subscription_id: int, **values: object) -> None:
    table = tables.subscription
    connection.execute(update(table).where(table.c.id == subscription_id).values(**values))
