"""Each rule finds what is wrong with a page that breaks it, and nothing on one that does not."""

from __future__ import annotations

import os

import pytest

from akunsub.verify.endpoint import running_endpoint
from akunsub.verify.evidence import Evidence
from akunsub.verify.interruption import Interruption
from akunsub.verify.model import judge
from akunsub.verify.page_check import PageCheck
from akunsub.verify.rules import all_rules
from akunsub.verify.run import Options
from akunsub.verify.survey import SMID, survey
from akunsub.verify.target import served
from akunsub.verify.visit import Plan
from tests.conftest import ROOT
from tests.verify.pages import BROKEN, CLEAN, write

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
        evidence = Evidence(engine, judging_endpoint, plan)
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
    options = Options(engine_names=[engine.name], takes_screenshots=True)
    with served([str(ROOT / "demo" / f"{name}.html")]) as (target,):
        check = PageCheck(target, options, list(RULES.values()), lambda *_: None)

        check.run(engine, Interruption())

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


def test_every_rule_has_a_page_that_breaks_it():
    assert set(BROKEN) == set(RULES)
    assert all(name in page.rules for name, page in BROKEN.items())


def test_the_survey_sees_for_which_resource_a_page_is(engine, pages):
    seen = survey(engine, pages["clean"].with_smid("smid", SMID))

    assert (seen.resource, set(seen.categories)) == ((1, 73), {"news", "offers"})
