"""
What a person does on the subscription manager's page, to the one subscription that its link is of.

It carries out ``transitions`` and stores what came of it; no page is its business.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from akunsub.errors import CallRefusedError
from akunsub.platform import passing_on, subscriptions, transitions, unsubscribe
from akunsub.platform.intents import nearest_word
from akunsub.platform.rules import SUSPEND_DAYS
from akunsub.platform.state import Category, Moment

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from akunsub.platform.resources import Resource
    from akunsub.platform.subscriptions import Subscription
    from akunsub.platform.unsubscribe import Applied


def leave(
    connection: Connection, resource: Resource, subscription: Subscription, now: datetime
) -> Applied:
    """
    Unsubscribe, as a confirmation does: nothing more has to be pressed in any mode.

    Raises:
        CallRefusedError: ``prevented``.
    """
    return unsubscribe.act(connection, resource, subscription, "confirm", Moment(now, now))


def resume(
    connection: Connection, resource: Resource, subscription: Subscription, now: datetime
) -> Applied:
    """
    Take up the subscription again; no mode forbids that.

    What was passed on to the platform stays so: it has no method to take it back by smid.

    Raises:
        CallRefusedError: ``not_resumable``.
    """
    decision = transitions.resume(subscription.state, now)
    if decision.word == "not_resumable":
        raise CallRefusedError(
            "not_resumable",
            409,
            f"a subscription that is {subscription.state.word} cannot be resumed by the person",
            fix="offer it only where the status is unsubscribed, suspended or complained",
        )
    after = replace(subscription, state=decision.after)
    passing_on.follow(connection, resource, subscription, after, now)
    return unsubscribe.store(connection, subscription, after, now, decision.word)


def suspend(
    connection: Connection, resource: Resource, subscription: Subscription, days: str, now: datetime
) -> Applied:
    """
    Suspend the subscription for one of ``SUSPEND_DAYS``; then the clock alone resumes it.

    Args:
        connection: In the writing transaction that the subscription was read in.
        resource: The subscription's.
        subscription: As it is now.
        days: As it came.
        now: Aware UTC.

    Raises:
        CallRefusedError: ``bad_days``, ``prevented``, ``not_subscribed``.
    """
    period = next((one for one in SUSPEND_DAYS if str(one) == days), None)
    if period is None:
        offered = ", ".join(map(str, SUSPEND_DAYS))
        raise CallRefusedError(
            "bad_days", 400, f"days is one of {offered}, not {days[:40]!r}", fix="send one of them"
        )
    if resource.mode == "prevented":
        raise unsubscribe.prevented(resource)
    decision = transitions.suspend(subscription.state, now, days=period)
    if decision.word == "not_subscribed":
        raise CallRefusedError(
            "not_subscribed",
            409,
            f"a subscription that is {subscription.state.word} cannot be suspended",
            fix="offer it only where the status is subscribed, pending or suspended",
        )
    after = replace(subscription, state=decision.after)
    passing_on.follow(connection, resource, subscription, after, now)
    return unsubscribe.store(connection, subscription, after, now, decision.word)


def choose_categories(
    connection: Connection,
    resource: Resource,
    subscription: Subscription,
    now: datetime,
    *,
    shown: Collection[str],
    ticked: Collection[str],
) -> Applied:
    """
    Leave what was shown and is not ticked, and take up again what is ticked and was left.

    A category that the page did not show is not touched: it may be newer than the page.

    Args:
        connection: In the writing transaction that the subscription was read in.
        resource: The subscription's.
        subscription: As it is now.
        now: Aware UTC.
        shown: API names of those that could be ticked or not.
        ticked: API names of those that the person wants.

    Raises:
        CallRefusedError: ``unknown_category``, ``locked_category``, ``prevented``.
    """
    for name in (*shown, *ticked):
        _check_is_offered(name, resource)
    left = set(subscription.left_categories)
    to_leave = tuple(dict.fromkeys(n for n in shown if n not in ticked and n not in left))
    for name in to_leave:
        if resource.categories[name].locked:
            raise CallRefusedError(
                "locked_category",
                403,
                f"category {name!r} is locked: it cannot be left by itself",
                fix="show it as a category that comes with the subscription",
            )
    after, word = subscription, "already"
    if to_leave:
        applied = unsubscribe.act(
            connection, resource, subscription, "confirm", Moment(now, now), to_leave
        )
        after, word = applied.subscription, applied.word
    joined = {
        name: transitions.join_category(after.categories[name], now).after
        for name in ticked
        if after.categories.get(name, Category()).is_left
    }
    both = subscriptions.with_categories(after, joined)
    passing_on.follow(connection, resource, after, both, now)
    return unsubscribe.store(connection, after, both, now, "ok" if joined else word)


def _check_is_offered(name: str, resource: Resource) -> None:
    offered = [one.name for one in resource.categories.values() if one.in_manager]
    if name in offered:
        return
    close = nearest_word(name, offered)
    raise CallRefusedError(
        "unknown_category",
        400,
        f'field "categories" is not valid: category not in the manager: {name[:100]!r}',
        fix=(f"did you mean {close}? " if close else "")
        + f"the manager of resource {resource.key.resource_id} has: {', '.join(offered) or 'none'}",
    )
