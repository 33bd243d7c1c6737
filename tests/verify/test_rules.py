"""Each rule finds what is wrong with a page that breaks it, and nothing on one that does not."""

from __future__ import annotations

import os

import pytest

from akunsub.verify.crew import Crew
from akunsub.verify.endpoint import running_endpoint
from akunsub.verify.evidence import Evidence
from akunsub.verify.interruption import Interruption
from akunsub.verify.model import judge
from akunsub.verify.options import Options
from akunsub.verify.page_check import PageCheck
from akunsub.verify.rules import all_rules
from akunsub.verify.survey import SMID, survey
from akunsub.verify.target import served
from akunsub.verify.visit import Plan
from akunsub.verify.visits import Notes
from tests.conftest import ROOT
from tests.verify.page_parts import PXL, changed, own, write
from tests.verify.pages import BROKEN, CLEAN

RULES = {rule.id: rule for rule in all_rules()}
FOUND = {"fail", "warn", "review"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Targets, by rule; "clean" too."""
    folder = tmp_path_factory.mktemp("pages")
    for name, page in {**BROKEN, "clean": CLEAN}.items():
        write(folder, name, page)
    write(folder, "sure", CLEAN)  # the second page of one-page
    with served([str(folder)]) as targets:
        yield {target.name.rpartition("/")[2].removesuffix(".html"): target for target in targets}


@pytest.fixture(scope="module")
def judging_endpoint(tmp_path_factory):
    config = tmp_path_factory.mktemp("config") / "akunsub.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    with running_endpoint(config) as endpoint:
        yield endpoint


SETTINGS = f"""
[[resources]]
account_id = 1
resource_id = 73
title = "Shop"
mode = "confirm"
rtoken = "2fHLS9YR9daS-a90b371eecc2952f"
categories = [{{ name = "news", title = "News" }}, {{ name = "offers", title = "Offers" }}]
[[messages]]
smid = "{SMID}"
account_id = 1
resource_id = 73
channel = "email"
address = "john@example.com"
profile_id = "658997338e8f4032d92fd56d"
"""


@pytest.fixture
def every_rule():
    """Try all rules on all pages? That takes half an hour: see CONTRIBUTING.md."""
    return os.environ.get("AKUNSUB_EVERY_RULE") == "1"


@pytest.fixture
def judged(engine, judging_endpoint, pages):
    """``judged(name, rules)``: what *rules*, by id, say to the page of that name."""

    def of(name, rules):
        plan = Plan(pages[name].with_smid("smid", SMID), SMID, (1, 73))
        evidence = Evidence(engine, judging_endpoint, plan, Notes())
        return {rule: judge(RULES[rule], engine.name, evidence) for rule in rules}

    return of


def test_a_page_that_is_as_it_should_be_passes(judged, engine):
    results = judged("clean", RULES)

    assert {
        result.rule.id: (result.status, result.reason, result.findings)
        for result in results.values()
        if result.status != "pass" and not cannot_be_tried(engine, result.rule.id)
    } == {}


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("index", {}),
        (
            "documented",
            {
                "cancel-works": "fail",
                "second-press": "fail",
                "failure-shown": "fail",
                "refusal-shown": "fail",
                "referrer-policy": "warn",
                "strict-csp": "warn",
            },
        ),
    ],
)
def test_the_demo_pages_are_as_the_readme_says(engine, name, rules):
    options = Options(takes_screenshots=True)
    demo = str(ROOT / "demo" / f"{name}.html")
    with served([demo]) as (target,), Crew(engine.name, 2) as crew:
        check = PageCheck(target, options, list(RULES.values()), lambda *_: None)

        check.run(crew, Interruption())

    assert check.report.unfinished == {}
    found = {one.rule.id: one.status for one in check.report.results if one.status in FOUND}
    assert found == rules, [one for one in check.report.results if one.status in FOUND]
    assert {one.title for one in check.report.screenshots[engine.name]} >= {
        "as it is opened",
        "after the press",
    }


@pytest.mark.parametrize("name", RULES)
def test_a_page_breaks_exactly_its_rules(judged, engine, name, every_rule):
    results = judged(name, list(RULES) if every_rule else BROKEN[name].rules)

    expected = {rule for rule in BROKEN[name].rules if not cannot_be_tried(engine, rule)}
    found = {rule: result for rule, result in results.items() if result.status in FOUND}
    assert set(found) == expected, found
    if cannot_be_tried(engine, name):
        assert results[name].status == "skipped"
        pytest.skip(results[name].reason)
    assert results[name].status == ("fail" if RULES[name].level == "error" else "warn")


def cannot_be_tried(engine, name):
    return (engine.kind, engine.name) == ("system", "webkit") and name in {"axe", "reflow"}


def test_the_timer_of_a_page_that_is_slow_to_open_ends_in_time(engine, judging_endpoint, tmp_path):
    ask = f"fetch('{PXL}/unsub/state"
    slow = changed(BROKEN["failure-shown"].script, ask, f"setTimeout(() => {ask}")
    slow = changed(slow, "then(show, () => 0);", "then(show, () => 0), 700);")
    file = write(tmp_path, "slow", BROKEN["failure-shown"]._replace(script=slow))
    with served([str(file)]) as (target,):
        plan = Plan(target.with_smid("smid", SMID), SMID, (1, 73))
        evidence = Evidence(engine, judging_endpoint, plan, Notes())
        result = judge(RULES["timer-end"], engine.name, evidence)

    assert (result.status, result.reason, result.findings) == ("pass", "", ())


def test_a_page_that_asks_for_its_own_call_is_not_blamed_for_an_answer_held_back(judged):
    """It asks 0.3 s after its beacon, and says "Not done" if that has not arrived."""
    results = judged("passes-blocklists", ["success-after-answer", "failure-shown"])

    assert {one.status for one in results.values()} == {"pass"}, results


def test_a_page_that_asks_for_its_own_call_is_blamed_for_what_it_says_before(
    engine, judging_endpoint, tmp_path
):
    """It says so at once, and takes it back if the call has not arrived after 0.3 s."""
    send = """navigator.sendBeacon(URL_, fields()); say('You are unsubscribed.');
      setTimeout(() => fetch(PXL + '/unsub/state?smid=' + smid).then((a) => a.json())
        .then((a) => a.status === 'unsubscribed' || failed()), 300);"""
    file = write(tmp_path, "early", own(send))
    with served([str(file)]) as (target,):
        plan = Plan(target.with_smid("smid", SMID), SMID, (1, 73))
        evidence = Evidence(engine, judging_endpoint, plan, Notes())
        result = judge(RULES["success-after-answer"], engine.name, evidence)

    assert result.status == "fail", result


def test_every_rule_has_a_page_that_breaks_it():
    assert set(BROKEN) == set(RULES)
    assert all(name in page.rules for name, page in BROKEN.items())


def test_the_survey_sees_for_which_resource_a_page_is(engine, pages):
    seen = survey(engine, pages["clean"].with_smid("smid", SMID))

    assert (seen.resource, set(seen.categories)) == ((1, 73), {"news", "offers"})
