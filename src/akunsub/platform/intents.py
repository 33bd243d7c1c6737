"""
What a caller asks for, and finding out whose subscription it is about.

Everything is checked here before anything is changed, so a refusal leaves no trace.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from akunsub.errors import CallRefusedError, InvalidScriptIdError
from akunsub.platform import ids, resources, subscriptions, tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from akunsub.platform.resources import Resource
    from akunsub.platform.subscriptions import Subscription

#: How old a wish can be that still comes: the SDK forgets older ones.
MAX_AGE = timedelta(days=7)
# Where a near miss is looked for.
_MAX_COMPARED = 1000
# Of characters: about 30 ms, in which nobody else can write. That is 500 smids of the usual 42.
_MAX_COMPARED_PAIRS = 1_000_000


@dataclass(frozen=True)
class Intent:
    """What a page asks for, read from the wire and not yet believed."""

    action: Literal["confirm", "cancel", "state"]
    smid: str | None = None
    #: None is the whole resource. Empty is "nothing ticked", which is never everything.
    categories: tuple[str, ...] | None = None
    rtoken: str | None = None
    script_id: str | None = None
    request_id: str | None = None
    #: How long ago the person pressed, in milliseconds: more than a moment for a retry.
    age_ms: int = 0
    #: The request_ids of older intents that this one takes the place of.
    replaces: tuple[str, ...] = ()

    def made_at(self, now: datetime) -> datetime:
        """Return when the person pressed, by what the call says."""
        return now - min(timedelta(milliseconds=self.age_ms), MAX_AGE)


def resolve(
    connection: Connection, intent: Intent, now: datetime, *, found: Subscription | None = None
) -> tuple[Resource, Subscription]:
    """
    Find out which resource and whose subscription is meant.

    Args:
        connection: Any transaction.
        intent: Not checked yet.
        now: The time that the subscription's state is for.
        found: The smid's subscription, if this transaction holds it already.

    Raises:
        CallRefusedError: One of them is missing, malformed or unknown, or they do not belong
            together.
    """
    resource = _named_resource(connection, intent)
    own, subscription = resolve_smid(
        connection, intent.smid, now, intent=intent, named=resource, found=found
    )
    if resource is not None and resource.key != own.key:
        raise CallRefusedError(
            "wrong_resource",
            403,
            f"smid is of resource {own.key.resource_id}, the call names resource "
            f"{resource.key.resource_id}",
            fix=f"use the script tag of resource {own.key.resource_id}",
            nearest=_nearest(intent, rtoken=None, id=ids.format_script_id(*own.key)),
        )
    if resource is None and intent.action != "state":
        raise CallRefusedError(
            "missing_resource",
            400,
            "id or rtoken is missing",
            fix="add ?id=… to the script's URL",
            nearest=_nearest(intent, id=ids.format_script_id(*own.key)),
        )
    return own, subscription


def resolve_smid(
    connection: Connection,
    smid: str | None,
    now: datetime,
    *,
    intent: Intent | None = None,
    named: Resource | None = None,
    found: Subscription | None = None,
) -> tuple[Resource, Subscription]:
    """
    Find out whose subscription the message *smid* was sent to, and hold it.

    Args:
        connection: Any transaction.
        smid: As it came.
        now: The time that the subscription's state is for.
        intent: The whole call, for the nearest good one.
        named: The resource that the call names. If it has an upstream, a smid that is not known
            here is taken to be one of its: only the platform knows them all.
        found: The subscription, if this transaction holds it already.

    Raises:
        CallRefusedError: It is missing, malformed or unknown.
    """
    if not smid:
        raise CallRefusedError(
            "missing_smid", 400, "smid is missing", fix="send the message's ID: {send_message_id}"
        )
    if not ids.is_smid(smid):
        raise CallRefusedError(
            "bad_smid",
            400,
            "smid is malformed: it has letters, digits and - _ . and nothing else",
            fix="put {send_message_id} into the page's URL, and read the parameter from there",
        )
    subscription = found or subscriptions.find_subscription(connection, smid, now, for_update=True)
    if subscription is None and named is not None and named.has_upstream:
        if intent is not None and intent.action == "state":
            return named, subscriptions.unknown(smid, named.key)
        return named, subscriptions.add_unknown(connection, smid, named.key)
    if subscription is None:
        known = connection.scalars(select(tables.message.c.smid).limit(_MAX_COMPARED))
        close = nearest_word(smid, known)
        raise CallRefusedError(
            "unknown_smid",
            404,
            "smid is unknown",
            fix=f"did you mean {close}?" if close else "add the message to akunsub.toml",
            nearest=_nearest(intent, smid=close) if close else None,
        )
    resource = resources.find_resource(connection, key=subscription.resource_key)
    if resource is None:
        raise CallRefusedError(
            "unknown_smid",
            404,
            "smid is of a resource that is not configured",
            fix="add the resource to akunsub.toml",
        )
    return resource, subscription


def check_categories(
    names: tuple[str, ...] | None, resource: Resource, *, field: str, intent: Intent | None = None
) -> tuple[str, ...] | None:
    """
    Return the categories that are meant, each once; None for the resource as a whole.

    Args:
        names: As they came.
        resource: Whose.
        field: What the wire calls them, for the message.
        intent: The whole call, for the nearest good one.

    Raises:
        CallRefusedError: None was chosen, or one is unknown or locked.
    """
    if names is None:
        return None
    names = tuple(dict.fromkeys(name for name in names if name))
    if not names:
        raise CallRefusedError(
            "no_categories",
            400,
            "no category was chosen",
            fix=f"leave {field} out to leave the resource as a whole",
            nearest=_nearest(intent, categories=None),
        )
    for name in names:
        if name not in resource.categories:
            raise _unknown_category(name, names, resource, field, intent)
    locked = [name for name in names if resource.categories[name].locked]
    if locked:
        open_ones = [name for name in names if name not in locked]
        raise CallRefusedError(
            "locked_category",
            403,
            f"category {locked[0]!r} is locked: it cannot be left by itself",
            fix="show it as a category that comes with the subscription",
            nearest=_nearest(intent, categories=open_ones or None),
        )
    return names


def _unknown_category(
    name: str,
    names: tuple[str, ...],
    resource: Resource,
    field: str,
    intent: Intent | None,
) -> CallRefusedError:
    close = nearest_word(name, resource.categories)
    known = [one for one in names if one in resource.categories]
    return CallRefusedError(
        "unknown_category",
        400,
        # The platform's own words, as far as they are known.
        f'field "{field}" is not valid: category not found in resource: {name[:100]!r}',
        fix=(f"did you mean {close}? " if close else "")
        + f"resource {resource.key.resource_id} has: {', '.join(resource.categories) or 'none'}",
        nearest=_nearest(intent, categories=known + ([close] if close else []) or None),
    )


def _named_resource(connection: Connection, intent: Intent) -> Resource | None:
    # The token is the constructor's override, so it wins over the script's id.
    if intent.rtoken:
        resource = resources.find_resource(connection, rtoken=intent.rtoken)
        if resource is None:
            raise CallRefusedError(
                "wrong_rtoken",
                403,
                "rtoken is not the token of any resource",
                fix='copy it from the "i" tab of the resource, or leave it out',
            )
        return resource
    if not intent.script_id:
        return None
    try:
        key = ids.parse_script_id(intent.script_id)
    except InvalidScriptIdError as error:
        raise CallRefusedError(
            "bad_id", 400, f"id: {error}", fix="copy the script tag from the resource"
        ) from error
    resource = resources.find_resource(connection, key=key)
    if resource is None:
        raise CallRefusedError(
            "unknown_id",
            404,
            f"id names resource {key.resource_id}, which is not configured",
            fix="copy the script tag from the resource, or add the resource to akunsub.toml",
        )
    return resource


def nearest_word(value: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that *value* may have been meant to be."""
    value = value[:200]
    compared, left = [], _MAX_COMPARED_PAIRS
    for word in known:
        left -= len(value) * len(word)
        if left < 0:
            break
        compared.append(word)
    close = difflib.get_close_matches(value, compared, n=1)
    return close[0] if close else None


def _nearest(intent: Intent | None, **changes: object) -> dict[str, object] | None:
    if intent is None:
        return None
    fields: dict[str, object] = {
        "smid": intent.smid,
        "categories": None if intent.categories is None else list(intent.categories),
        "rtoken": intent.rtoken,
        "id": intent.script_id,
    } | changes
    return {name: value for name, value in fields.items() if value is not None}
