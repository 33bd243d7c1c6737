"""The report as workflow commands."""

from __future__ import annotations

import pytest

from akunsub.verify.reports.github import as_github
from tests.verify_reports.sample import HOSTILE, clean, hostile, report, results, unfinished


def test_a_command_for_each_problem():
    lines = as_github([report(results=results("firefox")), clean()]).splitlines()

    assert [line.rpartition("::")[0] for line in lines] == [
        f"::{command} title={title},file=pages/leave now.html"
        for command, title in [
            ("error", "broken%3A The page keeps broken."),
            ("notice", "known%3A known%3A The page keeps known."),
            ("notice", "known%3A half-known%3A The page keeps half-known."),
            ("error", "half-known%3A The page keeps half-known."),
            ("notice", "look%3A The page keeps look."),
            ("warning", "mend%3A The page keeps mend."),
        ]
    ]
    assert lines[0].rpartition("::")[2] == (
        "the page says nothing (firefox)%0A"
        'main > button[type="submit"]%0A<button type="submit">Leave</button>%0A'
        "first line%0Asecond line%0Awhy: Without broken people stay.%0A"
        "fix: Write <meta name='broken'>.%0Amore: docs/rules/broken.md"
    )


def test_a_page_at_a_url_is_no_file():
    (line,) = as_github([clean(results=results("firefox")[:1])]).splitlines()

    assert line.startswith(
        "::error title=broken%3A The page keeps broken.::https://shop.example/leave?a=1&b=2%0A"
    )


def test_a_check_that_did_not_finish_is_an_error():
    first, second, *_ = as_github([unfinished()]).splitlines()

    assert first == (
        "::error title=the check did not finish in firefox,file=pages/leave now.html"
        "::the page crashed"
    )
    assert second.endswith("::the page does not load")


def test_nothing_wrong_is_nothing_said():
    assert as_github([clean()]) == ""


def unescaped(text):
    for code, character in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}.items():
        text = text.replace(code, character)
    return text.replace("%25", "%")


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_page_says_stays_in_its_place(text):
    error, problem = as_github([hostile(text)]).split("\n")

    for line in (error, problem):
        properties, _, said = line.removeprefix("::error ").partition("::")
        title, file = properties.split(",")
        assert title.startswith("title=")
        assert unescaped(file.removeprefix("file=")) == text
        assert text in unescaped(said)
        assert "\r" not in line
