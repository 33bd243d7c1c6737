"""The report as JUnit XML, read again by junitparser and as XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from junitparser import JUnitXml

from akunsub.printable import printable
from akunsub.verify.reports.junit import as_junit
from tests.verify_reports.sample import HOSTILE, clean, hostile, report, unfinished


def cases_of(suite):
    return {case.name: case for case in suite}


@pytest.fixture
def suites():
    return list(JUnitXml.fromstring(as_junit([report()]).encode()))


def test_a_suite_for_each_page_and_engine_a_case_for_each_rule():
    root = JUnitXml.fromstring(as_junit([report(), clean(), unfinished()]).encode())

    assert [
        (suite.name, suite.tests, suite.failures, suite.errors, suite.skipped, suite.time)
        for suite in root
    ] == [
        ("pages/leave now.html in chromium", 7, 2, 0, 1, 12.35),
        ("pages/leave now.html in firefox", 7, 2, 0, 1, 20.0),
        ("pages/leave now.html in webkit", 7, 2, 0, 1, 31.5),
        ("https://shop.example/leave?a=1&b=2 in chromium", 1, 0, 0, 0, 12.35),
        ("https://shop.example/leave?a=1&b=2 in firefox", 1, 0, 0, 0, 20.0),
        ("https://shop.example/leave?a=1&b=2 in webkit", 1, 0, 0, 0, 31.5),
        ("pages/leave now.html in chromium", 7, 2, 0, 1, 12.35),
        ("pages/leave now.html in firefox", 3, 1, 1, 0, 3.0),
        ("pages/leave now.html in webkit", 1, 0, 1, 0, 0.0),
    ]
    assert (root.tests, root.failures, root.errors, root.skipped) == (35, 9, 2, 4)


def test_a_failure_tells_everything(suites):
    (failure,) = cases_of(suites[0])["broken"].result

    assert (type(failure).__name__, failure.message, failure.type) == (
        "Failure",
        "the page says nothing",
        "broken",
    )
    assert failure.text.splitlines() == [
        "The page keeps broken.",
        "- the page says nothing",
        '  element: main > button[type="submit"]',
        '  element: <button type="submit">Leave</button>',
        "  evidence: first line",
        "  evidence: second line",
        "why: Without broken people stay. (https://example.org/broken)",
        "fix: Write <meta name='broken'>.",
        "more: docs/rules/broken.md",
        (
            "again: akunsub verify 'pages/leave now.html' --smid-param 'who is it' "
            "--engine chromium --rule broken"
        ),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mend", "WARNING: this passes, and should be mended all the same.\n"),
        ("look", "REVIEW: this passes, and a person has to look.\n"),
        ("known", "KNOWN: this passes, as it is in the baseline.\n"),
    ],
)
def test_what_passes_and_is_not_as_it_should_be_says_so(suites, name, said):
    case = cases_of(suites[0])[name]

    assert case.is_passed
    assert case.system_out.startswith(said)
    assert "\nfix: " in case.system_out


def test_what_is_known_does_not_fail_with_what_is_new(suites):
    case = cases_of(suites[0])["half-known"]

    assert [one.message for one in case.result] == ["new"]
    assert "long known" not in case.result[0].text
    assert case.system_out.startswith("KNOWN: this is in the baseline, and would not fail.\n")
    assert "- long known\n" in case.system_out


def test_skipped_and_unfinished_have_their_reasons(suites):
    (skipped,) = cases_of(suites[0])["skipped"].result
    *_, webkit = JUnitXml.fromstring(as_junit([unfinished()]).encode())
    (error,) = cases_of(webkit)["unfinished"].result

    assert (type(skipped).__name__, skipped.message) == ("Skipped", "there is no timer")
    assert (type(error).__name__, error.message) == (
        "Error",
        "the check did not finish: the page does not load",
    )
    assert cases_of(suites[0])["kept"].is_passed
    assert cases_of(suites[0])["kept"].system_out is None


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_page_says_the_xml_can_be_read(text):
    root = ET.fromstring(as_junit([hostile(text)]))  # noqa: S314 - ours

    failure = root.find(".//failure")
    assert failure.get("message") == printable(text)
    assert f"  evidence: {printable(text)}\n" in failure.text
    assert root.find(".//skipped").get("message") == printable(text)
