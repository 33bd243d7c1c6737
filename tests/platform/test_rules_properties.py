"""What holds for every sequence of calls and clock moves, and for every order of delivery."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from akunsub.errors import CallRefusedError
from akunsub.platform import resources, rules, subscriptions
from akunsub.platform.ids import ResourceKey
from akunsub.platform.intents import check_categories
from akunsub.platform.settings_file import load_sample
from akunsub.platform.state import Category, Moment, State, row_of, seconds_left, settle
from akunsub.platform.statuses import Status
from akunsub.platform.store import Store
from akunsub.platform.transitions import (
    choose_less,
    keep,
    keep_category,
    leave,
    leave_category,
    put,
    resume,
    start_timer,
    suspend,
)
from akunsub.platform.unsubscribe import act
from akunsub.platform.unsubscribe import store as store_change
from tests.conftest import SMID

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = ResourceKey(1, 73)
SECONDS = st.one_of(st.sampled_from([0, 1, 599, 600, 601, 1799, 1800, 1801, 14 * 86400]))


class Subscribed(RuleBasedStateMachine):
    """One subscription in a real database, and everything that can happen to it."""

    @initialize()
    def open(self):
        self.folder = TemporaryDirectory()
        self.store = Store(Path(self.folder.name, "x.db"), load_sample(), pool_size=2)
        self.now = START
        with self.store.write() as connection:
            resources.change_resource(connection, KEY, mode="delayed")

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def look(self):
        with self.store.read() as connection:
            return subscriptions.find_subscription(connection, SMID, self.now)

    @rule(seconds=st.sampled_from([-1, 0, 1]))
    def it_is_nearly_over(self, seconds):
        state = self.look().state
        ends = [at for at in (state.timer_ends_at, state.suspended_until) if at is not None]
        for at in ends:
            to_go = (at - self.now).total_seconds() + seconds
            if to_go > 0:
                self.time_goes_by(to_go)

    @rule(seconds=SECONDS)
    def time_goes_by(self, seconds):
        before = self.look()
        self.now += timedelta(seconds=seconds)
        after = self.look()

        # The clock alone makes one unsubscribed whose timer is over, and one subscribed whose
        # suspension is; at that very moment, and nothing else.
        ends_at, until = before.state.timer_ends_at, before.state.suspended_until
        expected = before.state.status
        if before.state.is_pending and ends_at <= self.now:
            expected = Status.UNSUBSCRIBED
            assert after.state.unsubscribed_at == ends_at
        elif expected is Status.SUSPENDED and until is not None and until <= self.now:
            expected = Status.SUBSCRIBED
        assert after.state.status is expected
        assert after.categories == before.categories

    # Most happens in the mode "delayed".
    @rule(
        mode=st.sampled_from(["delayed"] * 4 + list(get_args(rules.Mode))),
        timer=st.sampled_from([1, 600, 1800]),
    )
    def mode_changes(self, mode, timer):
        with self.store.write() as connection:
            resources.change_resource(connection, KEY, mode=mode, timer_seconds=timer)

    @rule(
        action=st.sampled_from(get_args(rules.Action)),
        names=st.sampled_from([None] * 6 + [("category_1",), ("orders",), ("nope",), ()]),
        age_s=st.sampled_from([0] * 5 + [1, 900, 7 * 86400]),
    )
    def call(self, action, names, age_s):
        # A link says nothing about categories.
        names = names if action in {"confirm", "cancel"} else None
        before = self.look()
        with self.store.write() as connection:
            resource = resources.find_resource(connection, key=KEY)
            found = subscriptions.find_subscription(connection, SMID, self.now)
            moment = Moment(self.now - timedelta(seconds=age_s), self.now)
            try:
                chosen = check_categories(names, resource, field="categories")
                word = act(connection, resource, found, action, moment, chosen).word
            except CallRefusedError as refusal:
                word = refusal.code
        after = self.look()

        if word not in {"ok", "already", "superseded"}:
            assert after == before, "a refused call changed something"
        if word != "ok":
            assert after.state.word == before.state.word
            assert after.left_categories == before.left_categories
            return
        effect = rules.EFFECTS[resource.mode][action]
        assert effect in {"leave", "keep", "start_timer", "show"}
        assert "orders" not in after.left_categories, "a locked category was left"
        if names is not None:
            assert after.state.status is before.state.status
        elif effect != "show":
            allowed = rules.RESULTS[effect][row_of(before.state, self.now)]
            assert allowed not in {"already", "too_late"}
            if allowed == "as_before":
                assert not after.state.is_pending
            else:
                assert after.state.word == allowed

    @rule(days=st.sampled_from(rules.SUSPEND_DAYS))
    def suspends_in_the_manager(self, days):
        self.manage(lambda state: suspend(state, self.now, days=days), rules.SUSPEND)

    @rule()
    def resumes_in_the_manager(self):
        self.manage(lambda state: resume(state, self.now), rules.RESUME)

    def manage(self, change, table):
        with self.store.write() as connection:
            before = subscriptions.find_subscription(connection, SMID, self.now)
            decision = change(before.state)
            after = replace(before, state=decision.after)
            store_change(connection, before, after, self.now, decision.word)
        allowed = table[row_of(before.state, self.now)]
        assert decision.word == ("ok" if allowed in {"subscribed", "suspended"} else allowed)
        if decision.word == "ok":
            assert self.look().state.word == allowed
        else:
            assert self.look().state.word == before.state.word

    @rule(status=st.sampled_from(Status))
    def set_by_the_server(self, status):
        with self.store.write() as connection:
            before = subscriptions.find_subscription(connection, SMID, self.now)
            after = replace(before, state=put(before.state, status, self.now))
            subscriptions.save(connection, before, after)
        assert self.look().state.word == status

    @rule()
    def restart(self):
        before = self.look()
        self.store.close()
        self.store = Store(Path(self.folder.name, "x.db"), load_sample(), pool_size=2)
        assert self.look() == before

    @invariant()
    def what_is_told_is_possible(self):
        if not hasattr(self, "store"):
            return
        state = self.look().state
        left_s = seconds_left(state, self.now)
        assert (left_s > 0) == state.is_pending == (state.word == "pending")
        assert left_s <= rules.MAX_TIMER_S
        assert (state.unsubscribed_at is not None) == (state.status is Status.UNSUBSCRIBED)
        assert state.status is Status.SUSPENDED or state.word != "suspended"


# Each step of the machine is a commit on disk: few examples, many steps.
Subscribed.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestSubscribed = Subscribed.TestCase

STATES = st.builds(
    State,
    status=st.sampled_from(Status),
    timer_ends_at=st.none() | st.integers(-5, 5).map(lambda s: START + timedelta(seconds=s)),
    suspended_until=st.none() | st.integers(-5, 5).map(lambda s: START + timedelta(seconds=s)),
)


@given(STATES, st.integers(-6, 6), st.integers(0, 6))
def test_it_does_not_matter_when_anybody_looked(state, first, more):
    one = START + timedelta(seconds=first)
    later = one + timedelta(seconds=more)

    assert settle(settle(state, one), later).word == settle(state, later).word


TIMER = timedelta(minutes=30)
WISHES = st.lists(
    st.tuples(
        st.sampled_from(["confirm", "cancel", "confirm some", "cancel some"]),
        st.integers(1, 60),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda wish: wish[1],
)


def deliver(wishes, *, is_opened):
    """Hand over wishes made within the timer's first minute, all of them before it is over."""
    arrival = START + timedelta(minutes=20)
    state, category = State(), Category()
    if is_opened:
        state = start_timer(state, Moment(START, START), TIMER).after
    for what, made_s in wishes:
        moment = Moment(START + timedelta(seconds=made_s), arrival)
        if what == "confirm":
            state = leave(state, moment, TIMER).after
        elif what == "cancel":
            state = keep(state, moment).after
        elif what == "confirm some":
            decision = leave_category(category, moment, TIMER)
            category = decision.after
            state = choose_less(state, moment)
        else:
            category = keep_category(category, moment).after
    return state, category


@settings(max_examples=500)
@given(WISHES, st.booleans(), st.randoms(use_true_random=False))
def test_every_order_of_delivery_ends_the_same(wishes, is_opened, random):
    """A late retry of an older wish never overrides a newer one."""
    in_order = sorted(wishes, key=lambda wish: wish[1])
    shuffled = random.sample(wishes, len(wishes))

    one, other = (deliver(order, is_opened=is_opened) for order in (in_order, shuffled))

    over = START + timedelta(hours=2)
    assert one[0].word == other[0].word
    assert settle(one[0], over).word == settle(other[0], over).word
    assert one[1].is_left == other[1].is_left


@settings(max_examples=200)
@given(WISHES, st.booleans())
def test_the_newest_wish_wins(wishes, is_opened):
    state, category = deliver(wishes, is_opened=is_opened)

    whole = [wish for wish in sorted(wishes, key=lambda w: w[1]) if "some" not in wish[0]]
    some = [wish for wish in sorted(wishes, key=lambda w: w[1]) if "some" in wish[0]]
    if whole:
        newest = whole[-1][0]
        assert state.status is (Status.UNSUBSCRIBED if newest == "confirm" else Status.SUBSCRIBED)
        assert not state.is_pending
    if some:
        assert category.is_left == (some[-1][0] == "confirm some")
