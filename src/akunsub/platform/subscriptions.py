"""
Reading and changing one person's subscription, found by the smid of a message sent to it.

It knows the tables, not the rules: those are in ``unsubscribe``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from akunsub.platform import tables
from akunsub.platform.ids import ResourceKey

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True)
class Resource:
    """A resource, as stored."""

    key: ResourceKey
    title: str
    mode: str
    #: API names, in the configured order.
    categories: tuple[str, ...]


@dataclass(frozen=True)
class Subscription:
    """A subscription, as stored."""

    id: int
    resource_key: ResourceKey
    profile_id: str
    status: str
    #: API names, sorted.
    left_categories: tuple[str, ...]


def find_subscription(connection: Connection, smid: str) -> Subscription | None:
    """Return the subscription that the message *smid* was sent to."""
    table = tables.subscription
    row = connection.execute(
        select(table)
        .join(tables.message, tables.message.c.subscription_id == table.c.id)
        .where(tables.message.c.smid == smid)
    ).one_or_none()
    if row is None:
        return None
    left = tables.left_category
    names = connection.scalars(select(left.c.name).where(left.c.subscription_id == row.id))
    return Subscription(
        id=row.id,
        resource_key=ResourceKey(row.account_id, row.resource_id),
        profile_id=row.profile_id,
        status=row.status,
        left_categories=tuple(sorted(names)),
    )


def find_resource(
    connection: Connection, *, key: ResourceKey | None = None, rtoken: str | None = None
) -> Resource | None:
    """Return the resource with this key or this token."""
    table = tables.resource
    matches = (
        table.c.rtoken == rtoken
        if key is None
        else (table.c.account_id == key.account_id) & (table.c.resource_id == key.resource_id)
    )
    row = connection.execute(select(table).where(matches)).one_or_none()
    if row is None:
        return None
    category = tables.category
    names = connection.scalars(
        select(category.c.name)
        .where(category.c.account_id == row.account_id, category.c.resource_id == row.resource_id)
        .order_by(category.c.position)
    )
    key = ResourceKey(row.account_id, row.resource_id)
    return Resource(key=key, title=row.title, mode=row.mode, categories=tuple(names))


def set_unsubscribed(connection: Connection, subscription: Subscription, now: datetime) -> None:
    """Store that the person left the whole resource, at *now*."""
    connection.execute(
        update(tables.subscription)
        .where(tables.subscription.c.id == subscription.id)
        .values(status="unsubscribed", unsubscribed_at=now)
    )


def add_left_categories(
    connection: Connection, subscription: Subscription, names: Collection[str], now: datetime
) -> None:
    """Store that the person left these categories, at *now*. None of them was left before."""
    for name in names:
        connection.execute(
            insert(tables.left_category).values(
                subscription_id=subscription.id, name=name, left_at=now
            )
        )


def count_messages(connection: Connection) -> int:
    """Return how many smids are known."""
    return connection.scalar(select(func.count()).select_from(tables.message)) or 0


def list_messages(connection: Connection) -> list[dict[str, object]]:
    """Return every known message with the subscription it was sent to, oldest first."""
    table = tables.subscription
    rows = connection.execute(
        select(
            tables.message.c.smid,
            table.c.account_id,
            table.c.resource_id,
            table.c.channel,
            table.c.address,
            table.c.profile_id,
        )
        .join(table, tables.message.c.subscription_id == table.c.id)
        .order_by(table.c.id, tables.message.c.smid)
    )
    return [dict(row) for row in rows.mappings()]


def list_subscriptions(connection: Connection, *, limit: int) -> list[dict[str, object]]:
    """Return where subscriptions stand, with one smid each and the categories left."""
    table, left = tables.subscription, tables.left_category
    smid = (
        select(tables.message.c.smid)
        .where(tables.message.c.subscription_id == table.c.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = connection.execute(select(table, smid.label("smid")).order_by(table.c.id).limit(limit))
    listed = [dict(row) for row in rows.mappings()]
    for one in listed:
        names = connection.scalars(select(left.c.name).where(left.c.subscription_id == one["id"]))
        one["left_categories"] = sorted(names)
    return listed
