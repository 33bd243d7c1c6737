"""
Finding the subscription that a server API names: by whose it is and where its messages go.

Whatever is unknown is refused by name, with what it may have been meant to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from akunsub.errors import CallRefusedError
from akunsub.platform import resources, subscriptions, tables
from akunsub.platform.ids import ResourceKey
from akunsub.platform.intents import nearest_word

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from akunsub.platform.resources import Resource
    from akunsub.platform.subscriptions import Subscription

# Where a near miss is looked for.
_MAX_COMPARED = 1000


@dataclass(frozen=True)
class Target:
    """Which subscription is meant."""

    account_id: int
    db_id: int
    resource_id: int
    profile_id: str
    channel: str
    #: email, subscription_id (push), phone (sms, whatsapp) or chat id (telegram_bot).
    address: str
    #: Push only.
    provider: str | None = None


def check_database(connection: Connection, account_id: int, db_id: int) -> None:
    """
    Refuse a database that no resource of the account is for.

    Raises:
        CallRefusedError: ``unknown_database``.
    """
    known = {
        one
        for resource in resources.list_resources(connection, account_id=account_id)
        for one in resource.db_ids
    }
    if db_id not in known:
        shown = ", ".join(str(one) for one in sorted(known)) or "none"
        raise CallRefusedError(
            "unknown_database", 404, f"there is no database {db_id}", fix=f"db_id can be: {shown}"
        )


def find_resource(
    connection: Connection, account_id: int, db_id: int, resource_id: int
) -> Resource:
    """
    Return the resource, which must be for the database.

    Raises:
        CallRefusedError: ``unknown_database``, ``unknown_resource`` or ``wrong_database``.
    """
    check_database(connection, account_id, db_id)
    found = resources.find_resource(connection, key=ResourceKey(account_id, resource_id))
    if found is None:
        known = resources.list_resources(connection, account_id=account_id)
        shown = ", ".join(str(one.key.resource_id) for one in known)
        raise CallRefusedError(
            "unknown_resource",
            404,
            f"there is no resource {resource_id}",
            fix=f"resource_id can be: {shown}",
        )
    if db_id not in found.db_ids:
        shown = ", ".join(str(one) for one in found.db_ids)
        raise CallRefusedError(
            "wrong_database",
            400,
            f"resource {resource_id} is not for database {db_id}",
            fix=f"db_id can be: {shown}; or add it to the resource's db_ids",
        )
    return found


def check_profile(connection: Connection, account_id: int, db_id: int, profile_id: str) -> None:
    """
    Refuse a profile that has never had a subscription in the database.

    Raises:
        CallRefusedError: ``unknown_profile``.
    """
    c = tables.subscription.c
    in_database = (c.account_id == account_id, c.db_id == db_id)
    if connection.scalar(select(c.id).where(*in_database, c.profile_id == profile_id).limit(1)):
        return
    known = connection.scalars(select(c.profile_id).where(*in_database).limit(_MAX_COMPARED))
    close = nearest_word(profile_id, set(known))
    raise CallRefusedError(
        "unknown_profile",
        404,
        f"there is no profile {profile_id!r} in database {db_id}",
        fix=f"did you mean {close}?" if close else "add a message to it to akunsub.toml",
    )


def find_subscription(
    connection: Connection, target: Target, now: datetime, *, deleted: bool = False
) -> tuple[Resource, Subscription]:
    """
    Return the subscription, held until the transaction ends, with its resource.

    Args:
        connection: In a writing transaction.
        target: Which one.
        now: The time that its state is for.
        deleted: Is a deleted one meant as well?

    Raises:
        CallRefusedError: It, or a part of what names it, is unknown.
    """
    resource, found = look_for(connection, target, now)
    if found is None:
        raise _unknown_subscription(connection, target)
    if found.is_delete and not deleted:
        raise deleted_subscription()
    return resource, found


def look_for(
    connection: Connection, target: Target, now: datetime
) -> tuple[Resource, Subscription | None]:
    """Return the subscription, deleted or not, and its resource; refuse what is unknown."""
    resource = find_resource(connection, target.account_id, target.db_id, target.resource_id)
    query = select(tables.subscription).where(
        *_of_profile(target), tables.subscription.c.address == target.address
    )
    row = connection.execute(query.with_for_update()).mappings().one_or_none()
    if row is None:
        return resource, None
    if target.provider and row["provider"] and row["provider"] != target.provider:
        raise CallRefusedError(
            "wrong_provider",
            400,
            f"the subscription is not one of provider {target.provider!r}",
            fix=f"its provider is {row['provider']}",
        )
    return resource, subscriptions.to_subscription(connection, row, now)


def _of_profile(target: Target) -> list[ColumnElement[bool]]:
    c = tables.subscription.c
    names = ("account_id", "db_id", "resource_id", "profile_id", "channel")
    return [c[name] == getattr(target, name) for name in names]


def _unknown_subscription(connection: Connection, target: Target) -> CallRefusedError:
    check_profile(connection, target.account_id, target.db_id, target.profile_id)
    known = connection.scalars(
        select(tables.subscription.c.address).where(*_of_profile(target)).limit(_MAX_COMPARED)
    ).all()
    close = nearest_word(target.address, known)
    shown = f"it has: {', '.join(known[:5])}" if known else "subscriptions/set adds one"
    return CallRefusedError(
        "unknown_subscription",
        404,
        f"profile {target.profile_id!r} has no {target.channel} subscription {target.address!r} "
        f"to resource {target.resource_id}",
        fix=f"did you mean {close}?" if close else shown,
    )


def deleted_subscription() -> CallRefusedError:
    """Return the refusal of a call about a deleted subscription."""
    return CallRefusedError(
        "deleted_subscription",
        404,
        "the subscription is deleted",
        fix="subscriptions/undelete takes that back",
    )
