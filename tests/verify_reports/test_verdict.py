"""The sentence about a page."""

from __future__ import annotations

import pytest

from akunsub.verify.model import Result
from akunsub.verify.reports.verdict import verdict
from tests.verify_reports.sample import (
    KEPT,
    KNOWN,
    KNOWN_FINDING,
    SKIPPED,
    clean,
    report,
    results,
    rule,
    unfinished,
)


@pytest.mark.parametrize(
    ("page", "mark", "sentence"),
    [
        (
            report(),
            "fail",
            (
                "2 promises are broken, 1 should be mended, 1 needs a person to look, "
                "1 was broken before and 1 could not be tried."
            ),
        ),
        (clean(), "pass", "1 promise is kept in Chromium, Firefox and WebKit."),
        (
            clean(results=[Result(rule(f"r{n}"), "firefox", "pass") for n in range(3)]),
            "pass",
            "All 3 promises are kept in Chromium, Firefox and WebKit.",
        ),
        (
            clean(
                results=[
                    Result(KEPT, "firefox", "pass"),
                    Result(SKIPPED, "firefox", "skipped", reason="no"),
                ]
            ),
            "pass",
            "1 promise is kept and 1 could not be tried.",
        ),
        (
            clean(results=[Result(KNOWN, "firefox", "fail", (KNOWN_FINDING,))]),
            "known",
            "1 promise was broken before.",
        ),
        (
            clean(results=results("chromium")[-2:]),
            "warn",
            "1 promise should be mended and 1 could not be tried.",
        ),
        (
            clean(results=[Result(SKIPPED, "firefox", "skipped", reason="no")]),
            "skipped",
            "1 promise could not be tried.",
        ),
        (
            unfinished(),
            "fail",
            (
                "The check did not finish in Firefox and WebKit; so far 2 promises are broken, "
                "1 should be mended, 1 needs a person to look, 1 was broken before and "
                "1 could not be tried."
            ),
        ),
        (
            clean(results=[], engines={}, unfinished={"webkit": "it crashed"}),
            "fail",
            "The check did not finish in WebKit.",
        ),
        (clean(results=[]), "skipped", "Nothing was tried."),
    ],
)
def test_the_sentence(page, mark, sentence):
    found = verdict(page)

    assert (found.mark, found.sentence) == (mark, sentence)


def test_a_rule_counts_once_with_its_worst():
    page = clean(
        results=[
            Result(KEPT, "chromium", "pass"),
            Result(KEPT, "firefox", "skipped", reason="no"),
            Result(KNOWN, "chromium", "pass"),
            Result(KNOWN, "firefox", "fail", (KNOWN_FINDING,)),
        ]
    )

    assert verdict(page).counts == {"pass": 1, "known": 1}
