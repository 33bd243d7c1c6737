"""Rules are taken one after another, by whoever is free, and told in their order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from akunsub.verify.model import Result
from akunsub.verify.round import Round
from akunsub.verify.rules import all_rules

RULES = all_rules()[:4]


@pytest.fixture
def told():
    return []


@pytest.fixture
def rules(told):
    return Round(RULES, told.append)


def passed(rule, reason=""):
    return Result(rule, "chromium", "skipped" if reason else "pass", reason=reason)


def elsewhere(work):
    """Do *work* in another thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def take_all(rules):
    return list(iter(rules.take, None))


def test_each_is_taken_once_the_first_press_before_all(rules):
    taken = take_all(rules)

    assert sorted(one.id for one in taken) == sorted(one.id for one in RULES)
    assert [one.id for one in taken][:2] == ["confirm-arrives", "cancel-works"]


def test_results_are_told_as_they_come_and_kept_in_the_order_of_the_rules(rules, told):
    results = [passed(rule) for rule in take_all(rules)]
    for one in reversed(results):
        rules.add(one, is_lost=False)

    assert told == results[::-1]
    assert rules.results() == [passed(rule) for rule in RULES]
    assert rules.why_unfinished() == ""


def test_a_round_that_has_ended_takes_nothing_any_more(rules, told):
    rule = rules.take()

    rules.end("the page is gone")
    rules.end("so is the other's")
    rules.add(passed(rule), is_lost=False)

    assert (rules.take(), told, rules.results()) == (None, [], [])
    assert rules.why_unfinished() == "the page is gone"


@pytest.mark.parametrize(("lost", "why"), [(4, "it closes itself"), (3, "")])
def test_a_page_is_lost_if_it_stays_for_no_rule(rules, lost, why):
    for number, rule in enumerate(take_all(rules)):
        rules.add(passed(rule, "it closes itself"), is_lost=number < lost)

    assert rules.why_unfinished() == why


def test_what_is_being_tried_is_what_was_begun_first(rules):
    assert rules.doing() == "it was opened for the first time"

    first = elsewhere(rules.take)
    rules.take()
    assert rules.doing() == f"{first.id} was tried"


def test_what_was_being_tried_when_the_round_ended_is_known_then(rules):
    rule = rules.take()

    rules.end()
    rules.take()

    assert rules.doing() == f"{rule.id} was tried"
