"""The HTML report as text: what is in it, and that nothing of a page's becomes part of it."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape

import pytest

from akunsub.printable import printable
from akunsub.verify.reports.html import as_html
from tests.elements import Elements
from tests.verify_reports.sample import HOSTILE, clean, hostile, report, unfinished


def test_nothing_is_asked_of_anybody_and_nothing_runs():
    html = as_html([report(), clean(), unfinished()])
    elements = Elements(html).found

    assert not {"script", "iframe", "object", "form", "base"} & {tag for tag, _ in elements}
    assert not [name for _, attrs in elements for name in attrs if name.startswith("on")]
    assert not [attrs for _, attrs in elements if "style" in attrs]
    sources = [attrs["src"] for _, attrs in elements if "src" in attrs]
    assert len(sources) == 6
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert [attrs["href"] for tag, attrs in elements if tag == "link"] == ["data:,"]


def test_the_policy_lets_in_the_style_of_the_file_and_no_other():
    html = as_html([clean()])
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()

    (policy,) = [
        attrs["content"]
        for _, attrs in Elements(html).found
        if attrs.get("http-equiv") == "Content-Security-Policy"
    ]

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style
    assert "@import" not in style


def test_the_verdict_comes_first_and_all_of_a_finding_after_it():
    told = " ".join(Elements(as_html([report()])).text.partition("Unsubscribe report\n")[2].split())

    for text in (
        (
            "2 promises are broken, 1 should be mended, 1 needs a person to look, "
            "1 was broken before and 1 could not be tried."
        ),
        (
            "✗ The page keeps broken. ✗ The page keeps half-known. "
            "! The page keeps mend. To mend. ? The page keeps look. To look at."
        ),
        "Chromium 156.0",
        "✗ 2 broken ! 1 to mend ? 1 to look at ≈ 1 known – 1 not tried ✓ 1 kept 12 s",
        "Works",
        "The page keeps broken.",
        'the page says nothing Element main > button[type="submit"]',
        '<button type="submit">Leave</button> Evidence first line second line',
        "Why Without broken people stay. Source: example.org",
        "Fix Write <meta name='broken'>.",
        "More docs/rules/broken.md",
        (
            "Again akunsub verify 'pages/leave now.html' --smid-param 'who is it' "
            "--engine chromium,firefox,webkit --rule broken"
        ),
    ):
        before, found, told = told.partition(text)
        assert found, f"{text!r} is not after {before!r}"
    assert "Known: it is in the baseline, and no reason to fail long known known" in told
    assert "Not tried: there is no timer" in told
    assert "What a person saw Chromium opened pressed" in told
    assert "08:54:34.072 confirm fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA all good ok" in told
    assert "news, offers bad prevented not now Fix show the reason" in told
    assert "Mozilla/5.0 (sample)" in told


def test_an_engine_that_did_not_finish_is_told_and_has_no_marks():
    told = " ".join(Elements(as_html([unfinished()])).text.split())

    assert "WebKit Not finished: the page does not load" in told
    assert "Firefox 153.7 Not finished: the page crashed" in told
    assert "The page keeps broken. broken ✗ broken ✗ broken not reached" in told
    assert "Not so in Chromium and Firefox." in told


def test_several_pages_have_a_list_of_verdicts():
    html = as_html([clean(), report()])

    assert "1 promise is kept in Chromium, Firefox and WebKit." in html.partition("</nav>")[0]
    assert "<nav" not in as_html([clean()])
    ids = [attrs["id"] for _, attrs in Elements(html).found if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {
        attrs["href"][1:]
        for tag, attrs in Elements(html).found
        if tag == "a" and attrs["href"].startswith("#")
    } <= set(ids)


def test_the_same_report_is_the_same_file():
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    assert as_html([report()], noon) == as_html([report()], noon)
    assert "23 November 2026, 12:00 UTC" in as_html([report()], noon)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_page_says_is_shown_as_text(text):
    elements, harmless = (
        [(tag, sorted(attrs)) for tag, attrs in Elements(as_html([hostile(one)])).found]
        for one in (text, " ".join("harmless" for _ in text.split(" ")))
    )

    assert elements == harmless
    html = unescape(as_html([hostile(text)]))
    shown = printable(text)
    # target twice and in the title, version, unfinished; message, selector, snippet, evidence
    # twice, reason; picture; user agent, action, smid, category, rule, fix.
    assert html.count(shown) >= 17
