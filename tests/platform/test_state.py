"""What the clock alone does, at the exact moment and one microsecond before."""

from datetime import UTC, datetime, timedelta

import pytest

from akunsub.platform.state import Moment, State, registers_event, seconds_left, settle
from akunsub.platform.statuses import Status, parse_status
from akunsub.platform.transitions import keep, leave, put, resume, start_timer, suspend

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
TIMER = timedelta(minutes=30)
TICK = timedelta(microseconds=1)


def at(moment):
    return Moment(moment, moment)


def opened():
    return start_timer(State(), at(START), TIMER).after


@pytest.mark.parametrize(
    ("after", "word", "left_s"),
    [
        (timedelta(0), "pending", 1800),
        (TICK, "pending", 1800),
        (timedelta(minutes=29, seconds=59), "pending", 1),
        (TIMER - TICK, "pending", 1),
        (TIMER, "unsubscribed", 0),
        (timedelta(minutes=30, seconds=1), "unsubscribed", 0),
        (timedelta(days=1000), "unsubscribed", 0),
    ],
)
def test_a_timer_takes_effect_at_its_end(after, word, left_s):
    state = settle(opened(), START + after)

    assert (state.word, seconds_left(state, START + after)) == (word, left_s)
    assert state.unsubscribed_at == (START + TIMER if word == "unsubscribed" else None)


@pytest.mark.parametrize(
    ("after", "word", "status"),
    [
        (timedelta(0), "ok", "subscribed"),
        (TIMER - TICK, "ok", "subscribed"),
        (TIMER, "too_late", "unsubscribed"),
        (TIMER + TICK, "too_late", "unsubscribed"),
    ],
)
@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_cancel_works_until_the_timer_ends(after, word, status, is_confirmed):
    """After a confirm too: a slip can be undone for as long as the timer runs."""
    state = opened()
    if is_confirmed:
        state = leave(state, at(START), TIMER).after
    now = START + after

    decision = keep(settle(state, now), at(now))

    assert (decision.word, decision.after.status) == (word, status)


def test_a_second_click_on_the_link_does_not_start_the_timer_again():
    later = START + timedelta(minutes=10)

    decision = start_timer(opened(), at(later), TIMER)

    assert (decision.word, decision.after.timer_ends_at) == ("already", START + TIMER)


def test_a_confirm_without_the_link_starts_a_timer_for_the_cancel():
    assert leave(State(), at(START), TIMER).after.timer_ends_at == START + TIMER


def test_a_cancel_after_a_confirm_brings_back_what_was_before():
    before = State(Status.SUSPENDED, suspended_until=START + timedelta(days=14))

    left = leave(before, at(START), TIMER).after
    kept = keep(left, at(START)).after

    assert (kept.status, kept.suspended_until) == (before.status, before.suspended_until)


def test_a_wish_that_did_not_wait_is_the_newest_whatever_the_clock_says():
    """Somebody moved the clock back."""
    kept = keep(opened(), at(START)).after
    earlier = START - timedelta(days=1)

    assert leave(kept, at(earlier), TIMER).word == "ok"


@pytest.mark.parametrize("days", [14, 30, 60, 90])
def test_a_suspension_is_over_to_the_day(days):
    state = suspend(State(), START, days=days).after
    end = START + timedelta(days=days)

    assert settle(state, end - TICK).word == "suspended"
    assert settle(state, end).word == "subscribed"


def test_a_suspension_by_the_server_has_no_end():
    state = put(State(), Status.SUSPENDED, START)

    assert settle(state, START + timedelta(days=10_000)).word == "suspended"


def test_resuming_ends_a_timer():
    assert settle(resume(opened(), START).after, START + TIMER).word == "subscribed"


@pytest.mark.parametrize(
    ("before", "after", "is_event"),
    [
        ("subscribed", "unsubscribed", True),
        ("subscribed", "complained", True),
        ("subscribed", "hardbounced", True),
        ("subscribed", "suspended", False),
        ("suspended", "subscribed", False),
        ("unconfirmed", "subscribed", False),
        ("unsubscribed", "subscribed", True),
        ("complained", "subscribed", True),
        ("hardbounced", "subscribed", True),
        ("subscribed", "subscribed", False),
        ("subscribed", "invalid", False),
        ("subscribed", "unconfirmed", False),
    ],
)
def test_which_changes_are_events(before, after, is_event):
    assert registers_event(Status(before), Status(after)) is is_event


@pytest.mark.parametrize("status", Status)
def test_a_status_is_read_as_word_and_number(status):
    assert parse_status(status.value) is status
    assert parse_status(status.number) is status
    assert parse_status(str(status.number)) is status


@pytest.mark.parametrize("value", ["", "Subscribed", 7, -1, "07", True, "deleted", "pending"])
def test_what_is_no_status_is_refused(value):
    with pytest.raises(ValueError, match=r"is not a status; there are subscribed \(0\), unsub"):
        parse_status(value)
