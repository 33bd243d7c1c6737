"""The report in a terminal and in a log."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from akunsub.verify.reports.text import as_text, for_terminal
from tests.verify_reports.sample import HOSTILE, clean, hostile, report, results, unfinished


def in_terminal(reports, width):
    written = io.StringIO()
    Console(file=written, width=width, color_system=None, highlight=False).print(
        for_terminal(reports)
    )
    return [line.rstrip() for line in written.getvalue().splitlines()]


def test_the_whole_report():
    page = unfinished(results=[*results("chromium"), *results("firefox")[:2]])

    assert as_text([page]).plain.splitlines() == [
        "pages/leave now.html",
        "",
        "  works",
        "  ✗ The page keeps broken.  (chromium, firefox)  broken",
        "      the page says nothing",
        '        <button type="submit">Leave</button>',
        "        first line",
        "        second line",
        "      why: Without broken people stay.",
        "      fix: Write <meta name='broken'>.",
        "      more: docs/rules/broken.md",
        "  ✓ The page keeps kept.  (chromium, firefox)",
        "",
        "  tells the truth",
        "  ≈ The page keeps known.  (chromium)  known  (known)",
        "      long known  (known)",
        "        h1",
        "      why: Without known people stay.",
        "      fix: Write <meta name='known'>.",
        "      more: docs/rules/known.md",
        "  ✗ The page keeps half-known.  (chromium)  half-known",
        "      long known  (known)",
        "        h1",
        "      new",
        "        h2",
        "      why: Without half-known people stay.",
        "      fix: Write <meta name='half-known'>.",
        "      more: docs/rules/half-known.md",
        "",
        "  people can",
        "  ? The page keeps look.  (chromium)  look",
        "      is this meant?",
        "      why: Without look people stay.",
        "      fix: Write <meta name='look'>.",
        "      more: docs/rules/look.md",
        "",
        "  private",
        "  ! The page keeps mend.  (chromium)  mend",
        "      the policy is not set",
        "      why: Without mend people stay.",
        "      fix: Write <meta name='mend'>.",
        "      more: docs/rules/mend.md",
        "",
        "  robust",
        "  – The page keeps skipped.  (chromium)  skipped",
        "      there is no timer",
        "",
        "  ✗ the check did not finish in firefox: the page crashed",
        "  ✗ the check did not finish in webkit: the page does not load",
        (
            "  unfinished, 3 failed, 1 to mend, 1 to look at, 1 known, 2 passed, 1 skipped   "
            "chromium 156.0 in 12 s, firefox 153.7 in 3 s"
        ),
    ]


def test_what_is_wrapped_stays_below_its_beginning():
    lines = in_terminal([report(results=results("webkit")[:1])], 28)

    assert lines == [
        "pages/leave now.html",
        "",
        "  works",
        "  ✗ The page keeps broken.",
        "    (webkit)  broken",
        "      the page says nothing",
        "        <button",
        '        type="submit">Leave<',
        "        /button>",
        "        first line",
        "        second line",
        "      why: Without broken",
        "           people stay.",
        "      fix: Write <meta",
        "           name='broken'>.",
        "      more: docs/rules/broke",
        "            n.md",
        "",
        "  1 failed   chromium 156.0",
        "  in 12 s, firefox 153.7 in",
        "  20 s, webkit 2.50 in 32 s",
        "",
    ]


def test_a_log_has_the_words_of_a_wide_terminal():
    reports = [report(), clean()]

    assert in_terminal(reports, 500) == [*as_text(reports).plain.splitlines(), ""]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_obeys_nothing_of_a_page(text):
    for told in (as_text([hostile(text)]).plain, "\n".join(in_terminal([hostile(text)], 80))):
        assert not {"\x1b", "\x9b", "\x00", "\x07", "\r"} & set(told)
        told.encode()


def test_what_has_several_lines_stays_in_its_place():
    assert "\n        ::warning::hacked\n" in as_text([hostile(HOSTILE[5])]).plain
