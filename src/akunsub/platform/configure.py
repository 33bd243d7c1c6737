"""Putting the configured state into the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from akunsub.platform import tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from akunsub.platform.settings import Message, Settings


def configure(connection: Connection, settings: Settings) -> None:
    """
    Replace the resources by the configured ones, and add the messages that are not there yet.

    What people did stays.
    """
    connection.execute(delete(tables.category))
    connection.execute(delete(tables.resource))
    for resource in settings.resources:
        key = {"account_id": resource.account_id, "resource_id": resource.resource_id}
        connection.execute(
            insert(tables.resource).values(
                **resource.model_dump(exclude={"categories"}),
                has_upstream=settings.upstream is not None,
            )
        )
        for position, category in enumerate(resource.categories):
            connection.execute(
                insert(tables.category).values(**key, position=position, **category.model_dump())
            )
    for message in settings.messages:
        _add_message(connection, message)


def _add_message(connection: Connection, message: Message) -> None:
    known = select(tables.message.c.smid).where(tables.message.c.smid == message.smid)
    if connection.scalar(known):
        return
    subscription = tables.subscription
    facts = message.model_dump(exclude={"smid", "unsubscribe_link"})
    matches = [subscription.c[name] == facts[name] for name in facts if name != "provider"]
    subscription_id = connection.scalar(select(subscription.c.id).where(*matches))
    if subscription_id is None:
        added = connection.execute(insert(subscription).values(**facts, status="subscribed"))
        subscription_id = added.inserted_primary_key[0]  # type: ignore[index]  # one row was added
    connection.execute(
        insert(tables.message).values(
            smid=message.smid,
            subscription_id=subscription_id,
            unsubscribe_link=message.unsubscribe_link,
        )
    )
