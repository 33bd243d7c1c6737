"""
Intents that a newer one takes the place of, in whatever order they arrive.

The age of a request says when the person pressed, but a first attempt has none, however long the
network held it. So a newer intent names the older ones: what comes later does nothing any more,
and what came before is older whatever it said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.platform import deduplication, unsubscribe

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from akunsub.platform.intents import Intent
    from akunsub.platform.unsubscribe import Applied


def hold_requests(connection: Connection, intent: Intent) -> None:
    """
    Wait for whoever has this request in hand, or one that it replaces.

    Before anything else in the transaction: they wait for the subscription while they hold it.
    """
    for request_id in sorted({intent.request_id or "", *intent.replaces} - {""}):
        deduplication.hold_request(connection, request_id)


def made_at(connection: Connection, intent: Intent, now: datetime) -> datetime:
    """Return when the wish was made; not before any that it replaces."""
    said = intent.made_at(now)
    of_replaced = deduplication.find_newest_wish(connection, intent.replaces, now)
    return said if of_replaced is None else max(said, min(of_replaced, now))


def apply(connection: Connection, intent: Intent, now: datetime) -> Applied:
    """
    Do what a page asks for, unless a newer intent has taken its place.

    Args:
        connection: In a writing transaction that has done ``hold_requests``.
        intent: Not checked yet, and not answered yet.
        now: Aware UTC; the time at which it arrived.

    Raises:
        CallRefusedError: Nothing was changed, and what it replaces can still come.
    """
    # Whoever made up somebody else's request_id shall not keep that person from leaving.
    scope = intent.smid or ""
    if intent.request_id and deduplication.is_superseded(
        connection, intent.request_id, scope=scope, now=now
    ):
        applied = unsubscribe.look(connection, intent, now, "superseded")
    else:
        wished_at = made_at(connection, intent, now)
        applied = unsubscribe.apply(connection, intent, now, made_at=wished_at)
    # By a superseded one too: a newer intent may know only the one before it.
    deduplication.supersede(connection, intent.replaces, scope=scope, now=now)
    return applied
