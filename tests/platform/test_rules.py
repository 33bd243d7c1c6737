"""The rules' tables, carried out on a real database: every mode, status, action and choice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import get_args

import pytest

from akunsub.errors import CallRefusedError
from akunsub.platform import resources, rules, subscriptions
from akunsub.platform.ids import ResourceKey
from akunsub.platform.intents import check_categories
from akunsub.platform.state import Category, Moment, State
from akunsub.platform.statuses import Status
from akunsub.platform.transitions import keep_category
from akunsub.platform.unsubscribe import act
from tests.conftest import SMID

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TIMER = timedelta(seconds=600)
MOMENT = Moment(NOW, NOW)
ROWS = list(rules.RESULTS["leave"])
CHOICES = {
    "none given": None,
    "empty": (),
    "one": ("category_1",),
    "many": ("category_1", "category_2"),
    "unknown": ("category_1", "nope"),
    "locked": ("orders",),
    "all that are open": ("cat_to_unsub", "category_1", "category_2"),
    "all": ("cat_to_unsub", "category_1", "category_2", "orders"),
}
REFUSALS = {
    "empty": "no_categories",
    "unknown": "unknown_category",
    "locked": "locked_category",
    "all": "locked_category",
}


def state_in(row):
    if row == "pending":
        return State(Status.SUBSCRIBED, timer_ends_at=NOW + TIMER, asked_at=NOW - TIMER)
    if row == "undoable":
        return State(
            Status.UNSUBSCRIBED,
            timer_ends_at=NOW + TIMER,
            prior_status=Status.UNCONFIRMED,
            unsubscribed_at=NOW - TIMER,
            asked_at=NOW - TIMER,
        )
    if row == "unsubscribed":
        return State(Status.UNSUBSCRIBED, unsubscribed_at=NOW - TIMER)
    return State(Status(row))


def carry_out(store, mode, row, action, names=None, *, times=1):
    """Return what the case ends in: (word or code, state, left categories). Nothing of it stays."""
    with store._engine.connect() as connection:
        key = ResourceKey(1, 73)
        resources.change_resource(connection, key, mode=mode, timer_seconds=600)
        resource = resources.find_resource(connection, key=key)
        before = subscriptions.find_subscription(connection, SMID, NOW)
        subscriptions.save(connection, before, replace(before, state=state_in(row)))
        word = ""
        for _ in range(times):
            found = subscriptions.find_subscription(connection, SMID, NOW)
            try:
                chosen = check_categories(names, resource, field="categories")
                word = act(connection, resource, found, action, MOMENT, chosen).word
            except CallRefusedError as refusal:
                word = refusal.code
        after = subscriptions.find_subscription(connection, SMID, NOW)
        return word, after.state, after.left_categories


def expected(mode, row, action, label):
    """Return the same, read off the tables."""
    before = state_in(row)
    names = CHOICES[label]
    if label in REFUSALS:
        return REFUSALS[label], before.status, row == "pending", []
    effect = rules.EFFECTS[mode][action]
    if effect in {"prevented", "not_delayed"}:
        return effect, before.status, row == "pending", []
    if effect == "show":
        return "ok", before.status, row == "pending", []
    if names is not None:
        # Nothing was left before, so leaving works in any status and there is nothing to keep. A
        # timer that runs stops: "only from the specified categories".
        word, left = ("already", []) if effect == "keep" else ("ok", sorted(names))
        return word, before.status, row == "pending" and effect == "keep", left
    result = rules.RESULTS[effect][row]
    if result in {"already", "too_late"}:
        return result, before.status, row == "pending", []
    if result == "pending":
        return "ok", before.status, True, []
    if result == "as_before":
        return "ok", before.prior_status or before.status, False, []
    return "ok", Status(result), False, []


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("mode", get_args(rules.Mode))
def test_every_action_does_what_the_tables_say(store, mode, row):
    actions = get_args(rules.Action)
    cases = [(action, label) for action, label in product(actions, CHOICES)]
    # A link says nothing about categories.
    cases = [(a, c) for a, c in cases if a in {"confirm", "cancel"} or c == "none given"]
    for action, label in cases:
        word, state, left = carry_out(store, mode, row, action, CHOICES[label])

        found = (word, state.status, state.is_pending, left)
        assert found == expected(mode, row, action, label), (action, label)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("mode", get_args(rules.Mode))
def test_every_action_said_again_changes_nothing_more(store, mode, row):
    for action in get_args(rules.Action):
        first, state, _ = carry_out(store, mode, row, action)
        again, after, _ = carry_out(store, mode, row, action, times=2)

        assert after.word == state.word, action
        if first == "ok" and rules.EFFECTS[mode][action] != "show":
            # After a cancel nothing is pending; "already" is what it is then, as after the rest.
            assert again == "already", action


def test_the_tables_are_complete():
    rows = {status.value for status in Status} | {"pending", "undoable"}

    assert set(rules.EFFECTS) == set(get_args(rules.Mode))
    for effects in rules.EFFECTS.values():
        assert set(effects) == set(get_args(rules.Action))
        assert set(effects.values()) <= set(get_args(rules.Effect))
    for table in (*rules.RESULTS.values(), rules.RESUME, rules.SUSPEND):
        assert set(table) == rows


class TestCategoriesWithATimer:
    """Mode "delayed": a category that was left can be kept until its timer is over."""

    LEFT = Category(is_left=True, chosen_at=NOW, timer_ends_at=NOW + TIMER)

    @pytest.mark.parametrize(
        ("after_s", "word", "is_left"),
        [(0, "ok", False), (599, "ok", False), (600, "too_late", True), (601, "too_late", True)],
    )
    def test_cancel(self, after_s, word, is_left):
        now = NOW + timedelta(seconds=after_s)

        decision = keep_category(self.LEFT, Moment(now, now))

        assert (decision.word, decision.after.is_left) == (word, is_left)
