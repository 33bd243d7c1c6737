"""The report as SARIF, held against models that were made from SARIF's own schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from akunsub.verify.baseline import mark_known
from akunsub.verify.model import Finding, Result
from akunsub.verify.reports.sarif import as_sarif
from tests.verify_reports.sample import (
    BROKEN,
    BROKEN_FINDING,
    HOSTILE,
    SKIPPED,
    clean,
    hostile,
    report,
    unfinished,
)


def run_of(*reports):
    """The one run, after it was found valid."""
    text = json.dumps(as_sarif(reports), ensure_ascii=False).encode(errors="replace")
    Sarif.model_validate_json(text)
    (run,) = json.loads(text)["runs"]
    return run


def test_a_result_for_each_finding_with_its_engines():
    run = run_of(report(), clean())

    assert [
        (one["ruleId"], one["level"], one["baselineState"], one["properties"]["engines"])
        for one in run["results"]
    ] == [
        (name, level, state, ["chromium", "firefox", "webkit"])
        for name, level, state in [
            ("broken", "error", "new"),
            ("known", "error", "unchanged"),
            ("half-known", "error", "unchanged"),
            ("half-known", "error", "new"),
            ("look", "note", "new"),
            ("mend", "warning", "new"),
        ]
    ]
    assert all(
        run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
        for one in run["results"]
    )


def test_a_result_tells_where_and_what():
    result = run_of(report())["results"][0]

    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "pages/leave%20now.html"},
                "region": {"startLine": 1},
            },
            "logicalLocations": [
                {"fullyQualifiedName": 'main > button[type="submit"]', "kind": "element"}
            ],
        }
    ]
    assert result["message"]["text"].splitlines() == [
        "the page says nothing (chromium, firefox, webkit)",
        'main > button[type="submit"]',
        '<button type="submit">Leave</button>',
        "first line",
        "second line",
        "why: Without broken people stay.",
        "fix: Write <meta name='broken'>.",
        "more: docs/rules/broken.md",
    ]


@pytest.mark.parametrize(
    ("target", "uri"),
    [
        ("https://shop.example/leave?a=1&b=<2>", "https://shop.example/leave?a=1&b=%3C2%3E"),
        ("a b/c#d.html", "a%20b/c%23d.html"),
        (str(Path("/a b/c.html").absolute()), Path("/a b/c.html").absolute().as_uri()),
    ],
)
def test_the_location_is_the_target(target, uri):
    (result,) = run_of(
        report(target=target, results=[Result(BROKEN, "firefox", "fail", (BROKEN_FINDING,))])
    )["results"]

    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": uri}


def test_the_same_problem_keeps_its_fingerprint():
    def fingerprint(target="a.html", rule=BROKEN, **changes):
        finding = Finding(**{"message": "m", "selector": "h1"} | changes)
        page = report(target=target, results=[Result(rule, "webkit", "fail", (finding,))])
        return run_of(page)["results"][0]["partialFingerprints"]

    assert fingerprint() == fingerprint(message="other words", evidence=("x",), snippet="<h1>")
    others = [fingerprint(selector="h2"), fingerprint("b.html"), fingerprint(rule=SKIPPED)]
    assert fingerprint() not in others
    assert set(fingerprint()) == {"targetRuleSelector/v1"}


def test_rules_say_where_help_is():
    (first, *_) = run_of(report())["tool"]["driver"]["rules"]

    assert first["helpUri"] == "https://example.org/broken"
    assert first["properties"] == {"tags": ["works"], "helpPage": "docs/rules/broken.md"}
    assert "docs/rules/broken.md" in first["help"]["text"]
    assert "&lt;meta name='broken'>" in first["help"]["markdown"]
    assert first["defaultConfiguration"] == {"level": "error"}


def test_nothing_is_new_without_a_baseline():
    results = [Result(BROKEN, "firefox", "fail", (BROKEN_FINDING,))]
    page = report(results=results, has_baseline=False)
    (compared,) = mark_known([page], frozenset())

    assert "baselineState" not in run_of(page)["results"][0]
    assert run_of(compared)["results"][0]["baselineState"] == "new"


def test_a_check_that_did_not_finish_was_no_success():
    (invocation,) = run_of(unfinished())["invocations"]

    assert invocation["executionSuccessful"] is False
    assert [
        (one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]
    ] == [
        ("error", "the check did not finish in firefox: the page crashed"),
        ("error", "the check did not finish in webkit: the page does not load"),
        ("note", "skipped in chromium: there is no timer"),
    ]
    assert run_of(report())["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_page_says_it_is_valid(text):
    (result,) = run_of(hostile(text))["results"]

    assert result["properties"]["snippet"] == text.replace("\ud83d", "?")


def test_the_models_refuse_what_sarif_does_not_have():
    wrong = as_sarif([report()])
    wrong["runs"][0]["results"][0]["engine"] = "firefox"

    with pytest.raises(ValidationError):
        Sarif.model_validate(wrong)
