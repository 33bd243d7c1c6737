"""
Intents that a newer one takes the place of, in whatever order they arrive.

The age of a request says when the person pressed, but a first attempt has none, however long the
network held it. So a newer intent names the older ones: what comes later does nothing any more,
and what came before is older whatever it said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from akunsub.platform import deduplication, ids, subscriptions, unsubscribe

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from akunsub.platform.deduplication import Requests
    from akunsub.platform.intents import Intent
    from akunsub.platform.subscriptions import Subscription
    from akunsub.platform.unsubscribe import Applied


class Held(NamedTuple):
    """What a wish is about, read before anything is judged."""

    #: None: the smid is not one of ours.
    subscription: Subscription | None
    #: What is known of the request, and of those that it replaces.
    requests: Requests


def hold(connection: Connection, intent: Intent, now: datetime) -> Held:
    """
    Read what *intent* is about, and keep others from it until the transaction ends.

    The subscription comes first: whoever else has one of its requests in hand is waited for, so
    that what they did is seen. A request that names another smid is none of its; two of those at
    once add the same row, and the second tries again.

    Args:
        connection: In a writing transaction, before anything else.
        intent: Not checked yet.
        now: Aware UTC; the time at which it arrived.
    """
    subscription = None
    if intent.smid and ids.is_smid(intent.smid):
        subscription = subscriptions.find_subscription(
            connection, intent.smid, now, for_update=True
        )
    keys = {intent.request_id or "", *intent.replaces} - {""}
    return Held(subscription, deduplication.read_requests(connection, keys, now))


def apply(connection: Connection, intent: Intent, now: datetime, held: Held) -> Applied:
    """
    Do what a page asks for, unless a newer intent has taken its place.

    Args:
        connection: In a writing transaction.
        intent: Not checked yet, and not answered yet.
        now: Aware UTC; the time at which it arrived.
        held: By ``hold``.

    Raises:
        CallRefusedError: Nothing was changed, and what it replaces can still come.
    """
    # Whoever made up somebody else's request_id shall not keep that person from leaving.
    scope = intent.smid or ""
    if intent.request_id and held.requests.is_superseded(intent.request_id, scope=scope):
        applied = unsubscribe.look(connection, intent, now, "superseded", held.subscription)
    else:
        wished_at = _made_at(intent, now, held.requests)
        applied = unsubscribe.apply(
            connection, intent, now, made_at=wished_at, found=held.subscription
        )
    # By a superseded one too: a newer intent may know only the one before it.
    others = set(intent.replaces) - {intent.request_id}
    held.requests.supersede(connection, others, scope=scope)
    return applied


def _made_at(intent: Intent, now: datetime, requests: Requests) -> datetime:
    """Return when the wish was made; not before any that it replaces."""
    said = intent.made_at(now)
    of_replaced = requests.find_newest_wish(intent.replaces)
    return said if of_replaced is None else max(said, min(of_replaced, now))
