"""The HTML report in real engines, as a person reads it."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest
from axe_playwright_python.sync_playwright import Axe

from akunsub.printable import printable
from akunsub.verify.reports.html import as_html
from akunsub.verify.reports.schema import SCHEMA_FILE
from akunsub.verify.target import served
from tests.conftest import ROOT
from tests.verify_reports.sample import HOSTILE, clean, hostile, report, unfinished

REPORTS = [report(), clean(), unfinished(), *map(hostile, HOSTILE)]
PICTURES = 2 + 2 + 2 + len(HOSTILE)
OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"


@pytest.fixture(scope="module")
def report_url(tmp_path_factory):
    # Not as a file: Playwright does not hear from MiniBrowser that one has loaded.
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(as_html(REPORTS), encoding="utf-8")
    with served([str(path)]) as (target,):
        yield target.url


def test_nothing_is_sent_and_nothing_of_a_page_becomes_part_of_it(
    engine, page, page_errors, report_url
):
    requests = []
    page.on("request", lambda request: requests.append(request.url))

    page.goto(report_url)

    assert [url for url in requests if not url.startswith("data:")] == [report_url]
    assert page_errors == []
    assert page.title() == "Unsubscribe report"
    assert page.evaluate("document.scripts.length") == 0
    assert page.locator("#hacked").count() == 0
    assert page.locator("img").count() == PICTURES
    assert page.evaluate("[...document.images].every((one) => one.naturalWidth === 64)")
    messages = page.locator(f"#page-{len(REPORTS) - len(HOSTILE) + 1} ~ article .message .theirs")
    assert messages.all_text_contents() == [printable(text) for text in HOSTILE[1:]]


def test_the_policy_stops_what_would_get_in_all_the_same(engine, page, site):
    got_in = "<script>document.title = 'hacked'</script><style>h1 { display: none }</style></main>"
    site.pages["/report.html"] = (as_html([clean()]).replace("</main>", got_in), {})

    page.goto(f"{site.url}/report.html")

    assert page.evaluate("document.scripts.length") == 1
    assert page.title().startswith("Unsubscribe report: https://shop.example/")
    assert page.locator("h1").is_visible()
    # Its own style is let in.
    assert page.evaluate("getComputedStyle(document.querySelector('nav, article')).marginTop") != (
        "0px"
    )


def test_the_command_line_is_copied_as_it_is(engine, page, report_url):
    page.goto(report_url)

    assert page.locator("#page-1 .copy").first.inner_text() == (
        "akunsub verify 'pages/leave now.html' --smid-param 'who is it' "
        "--engine chromium,firefox,webkit --rule broken"
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(engine, report_url, width):
    with engine.page(viewport={"width": width, "height": 844}) as page:
        page.goto(report_url)
        page.evaluate(OPEN_ALL)

        wide = page.evaluate(
            """[...document.querySelectorAll('body *')]
            .filter((one) => one.getBoundingClientRect().right > innerWidth)
            .map((one) => one.outerHTML.slice(0, 100))"""
        )
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")

    assert (wide, widths[0] <= widths[1]) == ([], True)


def test_the_keyboard_opens_what_is_closed(engine, page, press_key, report_url):
    page.goto(report_url)

    for _ in range(100):
        press_key("Tab")
        if page.evaluate("document.activeElement.matches('.ledger > summary')"):
            break
    press_key("Enter")

    page.wait_for_selector(".ledger[open] >> text='show the reason'")


# In one engine: axe's rules are about the markup and the colours.
@pytest.mark.parametrize("engine", ["chromium"], indirect=True)
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(engine, report_url, color_scheme, width):
    with engine.page(color_scheme=color_scheme, viewport={"width": width, "height": 800}) as page:
        page.goto(report_url)
        page.evaluate(OPEN_ALL)

        found = Axe().run(page).response["violations"]
        scroll_width = page.evaluate("document.documentElement.scrollWidth")

    assert [(one["id"], [node["html"][:100] for node in one["nodes"]]) for one in found] == []
    assert scroll_width <= width


@pytest.mark.parametrize("engine", ["chromium"], indirect=True)
def test_paper_shows_what_is_closed_on_the_screen(engine, page, report_url):
    page.goto(report_url)
    closed = page.locator(".ledger").first.locator("text='show the reason'")
    assert not closed.is_visible()

    page.emulate_media(media="print")

    assert closed.is_visible()


def test_what_a_real_check_tells_programs_is_what_the_schema_says():
    rules = ["confirm-arrives", "referrer-policy", "outcome-announced"]
    command = [sys.executable, "-m", "akunsub", "verify", "demo/documented.html"]
    command += ["--engine", "chromium", "--format", "json"]

    done = subprocess.run(
        [*command, *(word for rule in rules for word in ("--rule", rule))],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )

    told = json.loads(done.stdout)
    jsonschema.validate(told, json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    (page,) = told["pages"]
    assert {one["rule"]: one["status"] for one in page["results"]} == {
        "confirm-arrives": "pass",
        "referrer-policy": "warn",
        "outcome-announced": "skipped",
    }
    assert page["calls"]["chromium"]
