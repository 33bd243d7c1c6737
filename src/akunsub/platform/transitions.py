"""
What each wish makes of a subscription: ``rules`` carried out on a ``State``.

Pure. Wishes can arrive late and in another order than they were made in; the newest one wins, so
every order ends the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from akunsub.platform.rules import RESULTS, RESUME, SUSPEND
from akunsub.platform.state import Category, row_of
from akunsub.platform.statuses import Status

if TYPE_CHECKING:
    from datetime import datetime

    from akunsub.platform.state import Moment, State

Part = TypeVar("Part")


@dataclass(frozen=True)
class Decision(Generic[Part]):
    """What becomes of a subscription, or of a category."""

    after: Part
    #: ok, already, superseded (a newer wish is known) or, refused, the code.
    word: str


def leave(state: State, moment: Moment, timer: timedelta | None) -> Decision[State]:
    """
    The person leaves the resource as a whole.

    Args:
        state: Settled.
        moment: When.
        timer: In the mode "delayed", how long a cancel works.
    """
    if moment.is_late and state.kept_at is not None and moment.made_at < state.kept_at:
        return Decision(state, "superseded")
    asked_at = _later(state.asked_at, moment.made_at)
    if RESULTS["leave"][row_of(state, moment.now)] == "already":
        return Decision(replace(state, asked_at=asked_at), "already")
    ends_at = state.timer_ends_at if state.is_pending else None
    if ends_at is None and timer is not None:
        ends_at = moment.made_at + timer
    after = replace(
        state,
        asked_at=asked_at,
        status=Status.UNSUBSCRIBED,
        prior_status=state.status,
        unsubscribed_at=moment.now,
        timer_ends_at=ends_at,
    )
    return Decision(after, "ok")


def start_timer(state: State, moment: Moment, timer: timedelta) -> Decision[State]:
    """The link was opened in the mode "delayed". A second click does not start it again."""
    asked = replace(state, asked_at=_later(state.asked_at, moment.made_at))
    if RESULTS["start_timer"][row_of(state, moment.now)] == "already":
        return Decision(asked, "already")
    return Decision(replace(asked, timer_ends_at=moment.now + timer), "ok")


def keep(state: State, moment: Moment) -> Decision[State]:
    """The person cancels. *state* is settled; ``too_late`` changes nothing."""
    result = RESULTS["keep"][row_of(state, moment.now)]
    if result == "too_late":
        return Decision(state, "too_late")
    kept = replace(state, kept_at=_later(state.kept_at, moment.made_at))
    if moment.is_late and state.asked_at is not None and moment.made_at < state.asked_at:
        return Decision(kept, "superseded")
    if result == "already":
        return Decision(kept, "already")
    return Decision(_undone(kept), "ok")


def resume(state: State, now: datetime) -> Decision[State]:
    """The person takes up the subscription again, in the manager."""
    result = RESUME[row_of(state, now)]
    if result not in {"already", "subscribed"}:
        return Decision(state, result)
    return Decision(put(state, Status.SUBSCRIBED, now), "ok" if result != "already" else "already")


def suspend(state: State, now: datetime, *, days: int) -> Decision[State]:
    """The person suspends the subscription for one of ``SUSPEND_DAYS``."""
    result = SUSPEND[row_of(state, now)]
    if result != "suspended":
        return Decision(state, result)
    after = put(state, Status.SUSPENDED, now)
    return Decision(replace(after, suspended_until=now + timedelta(days=days)), "ok")


def put(state: State, status: Status, now: datetime) -> State:
    """Return *state* with another *status*, said in so many words: a timer no longer matters."""
    after = replace(
        state, status=status, timer_ends_at=None, prior_status=None, suspended_until=None
    )
    if status is Status.UNSUBSCRIBED:
        since = state.unsubscribed_at if state.status is status else now
        return replace(after, unsubscribed_at=since, asked_at=now)
    return replace(after, unsubscribed_at=None, kept_at=now)


def choose_less(state: State, moment: Moment) -> State:
    """Categories were confirmed: "only from the specified" ones, so a running timer stops."""
    is_newest = state.asked_at is None or not moment.is_late or moment.made_at >= state.asked_at
    return replace(state, timer_ends_at=None) if state.is_pending and is_newest else state


def leave_category(
    category: Category, moment: Moment, timer: timedelta | None
) -> Decision[Category]:
    """The person leaves one category."""
    if moment.is_late and category.chosen_at is not None and moment.made_at < category.chosen_at:
        return Decision(category, "already" if category.is_left else "superseded")
    chosen_at = _later(category.chosen_at, moment.made_at)
    if category.is_left:
        return Decision(replace(category, chosen_at=chosen_at), "already")
    ends_at = None if timer is None else moment.made_at + timer
    return Decision(Category(is_left=True, chosen_at=chosen_at, timer_ends_at=ends_at), "ok")


def keep_category(category: Category, moment: Moment) -> Decision[Category]:
    """The person cancels leaving one category."""
    chosen_at = _later(category.chosen_at, moment.made_at)
    if not category.is_left:
        return Decision(replace(category, chosen_at=chosen_at), "already")
    if moment.is_late and category.chosen_at is not None and moment.made_at < category.chosen_at:
        return Decision(category, "superseded")
    if category.timer_ends_at is None or category.timer_ends_at <= moment.now:
        return Decision(category, "too_late")
    return Decision(Category(chosen_at=chosen_at), "ok")


def join_category(category: Category, now: datetime) -> Decision[Category]:
    """The person takes up one category again, in the manager: nothing forbids that."""
    word = "ok" if category.is_left else "already"
    return Decision(Category(chosen_at=_later(category.chosen_at, now)), word)


def _undone(state: State) -> State:
    if state.is_pending:
        return replace(state, timer_ends_at=None)
    status = state.prior_status or Status.SUBSCRIBED
    return replace(
        state, status=status, prior_status=None, timer_ends_at=None, unsubscribed_at=None
    )


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
