"""Each rule finds what is wrong with a page that breaks it, and nothing on one that does not."""

from __future__ import annotations

import pytest

from akunsub.verify.endpoint import running_endpoint
from akunsub.verify.evidence import Evidence
from akunsub.verify.model import judge
from akunsub.verify.rules import all_rules
from akunsub.verify.survey import SMID
from akunsub.verify.target import served
from akunsub.verify.visit import Plan
from tests.verify.pages import BROKEN, CLEAN

RULES = {rule.id: rule for rule in all_rules()}


@pytest.fixture(scope="module")
def judging_endpoint():
    with running_endpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """URLs of the pages, by rule; "clean" too."""
    folder = tmp_path_factory.mktemp("pages")
    for name, html in {**BROKEN, "clean": CLEAN}.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    with served([str(folder)]) as targets:
        yield {target.name.rpartition("/")[2].removesuffix(".html"): target for target in targets}


@pytest.fixture
def evidence(engine, judging_endpoint, pages):
    """``evidence(name)``: of the page of that name."""

    def of(name):
        plan = Plan(pages[name].with_smid("smid", SMID), SMID, (1, 73))
        return Evidence(engine, judging_endpoint, plan)

    return of


def test_a_page_that_is_as_it_should_be_passes(evidence, engine):
    clean = evidence("clean")

    results = [judge(rule, engine.name, clean) for rule in RULES.values()]

    assert {
        result.rule.id: (result.status, result.reason, result.findings)
        for result in results
        if result.status != "pass" and not cannot_be_tried(engine, result.rule.id)
    } == {}


@pytest.mark.parametrize("name", RULES)
def test_a_page_that_breaks_a_rule_is_found(evidence, engine, name):
    result = judge(RULES[name], engine.name, evidence(name))

    if cannot_be_tried(engine, name):
        assert result.status == "skipped"
        pytest.skip(result.reason)
    assert result.status == ("fail" if RULES[name].level == "error" else "warn"), result
    assert result.findings


def cannot_be_tried(engine, name):
    return (engine.kind, engine.name) == ("system", "webkit") and name in {"axe", "reflow"}


def test_every_rule_has_a_page_that_breaks_it():
    assert set(BROKEN) == set(RULES)
