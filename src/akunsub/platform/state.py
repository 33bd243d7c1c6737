"""
Where a subscription stands, as a value; and what the clock alone makes of it.

Pure: no storage, and the time is a parameter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from akunsub.platform.statuses import Status

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class State:
    """Where one subscription stands. Times are aware UTC."""

    status: Status = Status.SUBSCRIBED
    #: Delayed mode: until then a cancel works; and then, what is not unsubscribed yet will be.
    timer_ends_at: datetime | None = None
    #: What a cancel goes back to, after a confirm.
    prior_status: Status | None = None
    #: None with the status suspended: until somebody says otherwise.
    suspended_until: datetime | None = None
    #: The first time: saying it again does not move it.
    unsubscribed_at: datetime | None = None
    #: When the newest wish to leave was made, and the newest to stay.
    asked_at: datetime | None = None
    kept_at: datetime | None = None

    @property
    def is_pending(self) -> bool:
        """Is the timer running? Only ``settle`` knows whether it is over."""
        return self.timer_ends_at is not None and self.status is not Status.UNSUBSCRIBED

    @property
    def word(self) -> str:
        """The status as a page is told it: the platform's word, or ``pending``."""
        return "pending" if self.is_pending else self.status.value


@dataclass(frozen=True)
class Category:
    """Where one category of one subscription stands."""

    is_left: bool = False
    #: When the newest choice about it was made.
    chosen_at: datetime | None = None
    #: Until then a cancel works.
    timer_ends_at: datetime | None = None


@dataclass(frozen=True)
class Moment:
    """When a wish was made, and when it reached us: a retry may be days late."""

    made_at: datetime
    now: datetime

    @property
    def is_late(self) -> bool:
        """Did it wait somewhere? What did not is the newest there is, whatever clocks say."""
        return self.made_at < self.now


def settle(state: State, now: datetime) -> State:
    """
    Return *state* as it is at *now*: what a clock alone changes.

    A timer that ran out has taken effect at that time, and a suspension that is over is over,
    whether or not anything was awake to see it.
    """
    ends_at = state.timer_ends_at
    if state.is_pending and ends_at is not None and ends_at <= now:
        return replace(state, status=Status.UNSUBSCRIBED, unsubscribed_at=ends_at)
    until = state.suspended_until
    if state.status is Status.SUSPENDED and until is not None and until <= now:
        return replace(state, status=Status.SUBSCRIBED, suspended_until=None)
    return state


def seconds_left(state: State, now: datetime) -> int:
    """Return the whole seconds until ``pending`` becomes ``unsubscribed``; else 0."""
    if not state.is_pending or state.timer_ends_at is None:
        return 0
    return max(0, math.ceil((state.timer_ends_at - now).total_seconds()))


def row_of(state: State, now: datetime) -> str:
    """Return the row of ``RESULTS`` for a settled *state*."""
    if state.is_pending:
        return "pending"
    ends_at = state.timer_ends_at
    return "undoable" if ends_at is not None and now < ends_at else state.status.value


def registers_event(before: Status, after: Status) -> bool:
    """
    Does the platform register an event (and call its action hooks) for this change?

    Source: the platform's documentation, "Action hooks event types".
    """
    ended = {Status.UNSUBSCRIBED, Status.COMPLAINED, Status.HARDBOUNCED}
    if before is after:
        return False
    return after in ended or (after is Status.SUBSCRIBED and before in ended)
