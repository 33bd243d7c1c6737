"""What a call does: the rules, applied to what is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from akunsub.errors import CallRefusedError, InvalidScriptIdError
from akunsub.platform import ids, passing_on, subscriptions, transitions
from akunsub.platform.intents import check_categories, resolve
from akunsub.platform.rules import EFFECTS
from akunsub.platform.state import Category, Moment, registers_event, seconds_left

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from akunsub.platform.intents import Intent
    from akunsub.platform.resources import Resource
    from akunsub.platform.rules import Action
    from akunsub.platform.subscriptions import Subscription


@dataclass(frozen=True)
class Outcome:
    """Where the subscription stands after the call. Field by field what the SDK's result is."""

    profile_id: str
    #: ``pending`` while a timer is running, else the platform's word: the subscription as a whole.
    status: str
    #: The call changed nothing.
    already: bool
    #: All categories that the person has left, sorted.
    categories: list[str]
    #: Until pending becomes unsubscribed; 0 in any other status.
    seconds_left: int

    def as_dict(self) -> dict[str, object]:
        """Return the fields, for the wire."""
        return dict(vars(self))


@dataclass(frozen=True)
class Applied:
    """A call that was carried out."""

    subscription: Subscription
    outcome: Outcome
    #: ok, already or superseded (the person has said something newer since).
    word: str
    #: The status that the platform would have registered an event for, and called its hooks.
    event: str | None = None
    warnings: tuple[str, ...] = ()
    #: Of a wish: when it was made. None: nothing was asked for, or a newer call has replaced it.
    made_at: datetime | None = None
    #: Of the resource; "" where the caller knows it.
    mode: str = ""


def apply(
    connection: Connection,
    intent: Intent,
    now: datetime,
    *,
    made_at: datetime | None = None,
    found: Subscription | None = None,
) -> Applied:
    """
    Do what a page asks for.

    Args:
        connection: In a writing transaction (a reading one does for ``state``).
        intent: Not checked yet.
        now: Aware UTC; the time at which it arrived.
        made_at: When the person pressed, if that is known better than by the intent's age.
        found: The smid's subscription, if this transaction holds it already.

    Raises:
        CallRefusedError: Nothing was changed.
    """
    resource, subscription = resolve(connection, intent, now, found=found)
    if intent.action == "state":
        return replace(answer(subscription, now, "ok"), mode=resource.mode)
    moment = Moment(made_at or intent.made_at(now), now)
    try:
        categories = check_categories(
            intent.categories, resource, field="categories", intent=intent
        )
        applied = act(connection, resource, subscription, intent.action, moment, categories)
    except CallRefusedError as refusal:
        refusal.mode = resource.mode
        raise
    return replace(
        applied,
        warnings=_warnings(intent, resource),
        made_at=moment.made_at,
        mode=resource.mode,
    )


def look(
    connection: Connection,
    intent: Intent,
    now: datetime,
    word: str,
    found: Subscription | None = None,
) -> Applied:
    """
    Return where a page's subscription stands, without doing anything.

    Raises:
        CallRefusedError: It is not known whose is meant.
    """
    resource, subscription = resolve(connection, intent, now, found=found)
    return replace(answer(subscription, now, word), mode=resource.mode)


def act(
    connection: Connection,
    resource: Resource,
    subscription: Subscription,
    action: Action,
    moment: Moment,
    categories: tuple[str, ...] | None = None,
) -> Applied:
    """
    Do *action*, as the resource's mode has it.

    Args:
        connection: In the writing transaction that the subscription was read in.
        resource: The subscription's.
        subscription: As it is now.
        action: What was done.
        moment: When.
        categories: Only these; checked.

    Raises:
        CallRefusedError: ``prevented``, ``not_delayed``, ``too_late``: nothing was changed.
    """
    effect = EFFECTS[resource.mode][action]
    if effect == "prevented":
        raise prevented(resource)
    if effect == "not_delayed":
        raise CallRefusedError(
            "not_delayed",
            409,
            f"there is nothing to cancel in the mode {resource.mode!r}",
            fix='call cancelUnsub only where the resource has the mode "delayed"',
        )
    if effect == "show":
        return answer(subscription, moment.now, "ok")
    if categories is not None:
        return _act_on_categories(connection, resource, subscription, effect, moment, categories)
    if effect == "keep":
        decision = transitions.keep(subscription.state, moment)
    elif effect == "start_timer":
        timer = timedelta(seconds=resource.timer_seconds)
        decision = transitions.start_timer(subscription.state, moment, timer)
    else:
        decision = transitions.leave(subscription.state, moment, resource.timer)
    if decision.word == "too_late":
        raise _too_late()
    after = replace(subscription, state=decision.after)
    if not passing_on.follow(connection, resource, subscription, after, moment.now):
        raise _too_late()
    if effect == "leave" and decision.word == "already":
        passing_on.repeat(connection, resource, subscription, moment.now)
    return store(connection, subscription, after, moment.now, decision.word)


def _act_on_categories(
    connection: Connection,
    resource: Resource,
    subscription: Subscription,
    effect: str,
    moment: Moment,
    names: tuple[str, ...],
) -> Applied:
    choices: dict[str, Category] = {}
    words = set()
    for name in names:
        one = subscription.categories.get(name, Category())
        decision = (
            transitions.keep_category(one, moment)
            if effect == "keep"
            else transitions.leave_category(one, moment, resource.timer)
        )
        if decision.word == "too_late":
            raise _too_late()
        choices[name] = decision.after
        words.add(decision.word)
    after = subscriptions.with_categories(subscription, choices)
    if effect == "leave":
        after = replace(after, state=transitions.choose_less(after.state, moment))
    if after.state != subscription.state:
        words.add("ok")
    word = next(word for word in ("ok", "superseded", "already") if word in words)
    if not passing_on.follow(connection, resource, subscription, after, moment.now):
        raise _too_late()
    return store(connection, subscription, after, moment.now, word)


def prevented(resource: Resource) -> CallRefusedError:
    """Return the refusal of a resource that nobody can leave."""
    return CallRefusedError(
        "prevented",
        403,
        resource.reason or "this sender does not let people unsubscribe from these messages",
        fix="show the reason to the person",
    )


def _too_late() -> CallRefusedError:
    return CallRefusedError(
        "too_late",
        410,
        "the unsubscribe has taken effect: its timer ran out, or it was passed on",
        fix="say that the person is unsubscribed; only a new subscription brings them back",
    )


def store(
    connection: Connection, before: Subscription, after: Subscription, now: datetime, word: str
) -> Applied:
    """Store what differs, and return it as a call that was carried out."""
    subscriptions.save(connection, before, after)
    status = after.state.status
    event = status.value if registers_event(before.state.status, status) else None
    return answer(after, now, word, event=event)


def answer(
    subscription: Subscription, now: datetime, word: str, *, event: str | None = None
) -> Applied:
    """Return where *subscription* stands, after a call that came to *word*."""
    outcome = Outcome(
        profile_id=subscription.profile_id,
        status=subscription.state.word,
        already=word != "ok",
        categories=subscription.left_categories,
        seconds_left=seconds_left(subscription.state, now),
    )
    return Applied(subscription, outcome, word, event)


def _warnings(intent: Intent, resource: Resource) -> tuple[str, ...]:
    if intent.rtoken and intent.script_id:
        try:
            key = ids.parse_script_id(intent.script_id)
        except InvalidScriptIdError:
            return ("id is malformed; it does not matter, as rtoken wins",)
        if key != resource.key:
            named, won = key.resource_id, resource.key.resource_id
            return (f"id names resource {named}, rtoken is of resource {won}: rtoken won",)
    if intent.rtoken and ids.is_token_of(intent.rtoken, resource.key) is False:
        own = resource.key.resource_id
        return (f"rtoken does not end as a token of resource {own} does: check where it is from",)
    return ()
