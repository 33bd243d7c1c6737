"""
What a confirm or a cancel does: the platform's rules, applied to what is stored.

Everything is checked before anything is changed, so a refusal leaves no trace.
"""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from akunsub.errors import CallRefusedError, InvalidScriptIdError
from akunsub.platform import ids, subscriptions, tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from akunsub.platform.subscriptions import Resource, Subscription

Action = Literal["confirm", "cancel", "state"]


@dataclass(frozen=True)
class Intent:
    """What a page asks for, read from the wire and not yet believed."""

    action: Action
    smid: str | None = None
    #: None is the whole resource. Empty is "nothing ticked", which is never everything.
    categories: tuple[str, ...] | None = None
    rtoken: str | None = None
    script_id: str | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Outcome:
    """Where the subscription stands after the call. Field by field what the SDK's result is."""

    profile_id: str
    #: subscribed, pending or unsubscribed: the subscription as a whole.
    status: str
    #: The call changed nothing.
    already: bool
    #: All categories that the person has left, sorted.
    categories: list[str]
    #: Until pending becomes unsubscribed; 0 in any other status.
    seconds_left: int

    def as_dict(self) -> dict[str, object]:
        """Return the fields, for the wire."""
        return asdict(self)


def resolve(connection: Connection, intent: Intent) -> tuple[Resource, Subscription]:
    """
    Find out which resource and whose subscription is meant.

    Raises:
        CallRefusedError: One of them is missing, malformed or unknown, or they do not belong
            together.
    """
    if not intent.smid:
        raise CallRefusedError("missing_smid", 400, "smid is missing: send the message's ID")
    if not ids.is_smid(intent.smid):
        raise CallRefusedError(
            "bad_smid", 400, "smid is malformed: it has letters, digits and - _ . and nothing else"
        )
    resource = _named_resource(connection, intent)
    subscription = subscriptions.find_subscription(connection, intent.smid)
    if subscription is None:
        known = connection.scalars(select(tables.message.c.smid).limit(1000))
        raise CallRefusedError(
            "unknown_smid", 404, f"smid is unknown{_did_you_mean(intent.smid, known)}"
        )
    own = subscriptions.find_resource(connection, key=subscription.resource_key)
    if own is None:
        raise CallRefusedError("unknown_smid", 404, "smid is of a resource that is not configured")
    if resource is not None and resource.key != own.key:
        raise CallRefusedError(
            "wrong_resource",
            403,
            f"smid is of resource {own.key.resource_id}, the call names resource "
            f"{resource.key.resource_id}: use the script tag of resource {own.key.resource_id}",
        )
    return own, subscription


def _named_resource(connection: Connection, intent: Intent) -> Resource | None:
    # The token is the constructor's override, so it wins over the script's id.
    if intent.rtoken:
        resource = subscriptions.find_resource(connection, rtoken=intent.rtoken)
        if resource is None:
            raise CallRefusedError("wrong_rtoken", 403, "rtoken is not the token of any resource")
        return resource
    if intent.script_id:
        try:
            key = ids.parse_script_id(intent.script_id)
        except InvalidScriptIdError as error:
            raise CallRefusedError("bad_id", 400, f"id: {error}") from error
        resource = subscriptions.find_resource(connection, key=key)
        if resource is None:
            raise CallRefusedError(
                "unknown_id", 404, f"id names resource {key.resource_id}, which is not configured"
            )
        return resource
    if intent.action == "state":
        return None
    raise CallRefusedError(
        "missing_resource", 400, "id or rtoken is missing: add ?id=… to the script's URL"
    )


def apply(connection: Connection, intent: Intent, now: datetime) -> Outcome:
    """
    Do what *intent* asks for.

    Args:
        connection: In a writing transaction (a reading one does for ``state``).
        intent: Not checked yet.
        now: Aware UTC; the time at which it happens.

    Raises:
        CallRefusedError: Nothing was changed.
    """
    resource, subscription = resolve(connection, intent)
    if intent.action == "state":
        return _outcome(subscription, already=False)
    names = _check_categories(intent.categories, resource)
    if intent.action == "cancel":
        raise CallRefusedError(
            "not_delayed", 409, f"there is nothing to cancel in the mode {resource.mode!r}"
        )
    if names is None:
        if subscription.status == "unsubscribed":
            return _outcome(subscription, already=True)
        subscriptions.set_unsubscribed(connection, subscription, now)
    else:
        new_names = [name for name in names if name not in subscription.left_categories]
        if not new_names:
            return _outcome(subscription, already=True)
        subscriptions.add_left_categories(connection, subscription, new_names, now)
    changed = subscriptions.find_subscription(connection, intent.smid or "")
    if changed is None:
        raise RuntimeError("the subscription vanished within one transaction")
    return _outcome(changed, already=False)


def _check_categories(
    categories: tuple[str, ...] | None, resource: Resource
) -> tuple[str, ...] | None:
    if categories is None:
        return None
    names = tuple(dict.fromkeys(name for name in categories if name))
    if not names:
        raise CallRefusedError(
            "no_categories", 400, "no category was chosen: leave the field out to leave everything"
        )
    for name in names:
        if name not in resource.categories:
            has = ", ".join(resource.categories) or "none"
            raise CallRefusedError(
                "unknown_category",
                400,
                f'field "categories" is not valid: category not found in resource: {name[:100]!r}'
                f"{_did_you_mean(name, resource.categories)}; "
                f"resource {resource.key.resource_id} has: {has}",
            )
    return names


def _did_you_mean(value: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(value[:200], list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _outcome(subscription: Subscription, *, already: bool) -> Outcome:
    return Outcome(
        profile_id=subscription.profile_id,
        status=subscription.status,
        already=already,
        categories=list(subscription.left_categories),
        seconds_left=0,
    )
