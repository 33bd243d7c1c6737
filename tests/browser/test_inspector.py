"""The inspector, as a developer uses it while a page is tried."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from akunsub.verify.engines import press, press_key
from tests.conftest import SMID


@pytest.fixture
def opened(page, endpoint):
    """The inspector, live."""
    page.goto(f"{endpoint.url}/_unsub/")
    expect(page.locator("#live")).to_have_text("Live")
    return page


def calls(page):
    return page.locator("#calls > li")


def person(page):
    return page.locator("#people li", has_text=SMID)


def test_a_call_appears_with_what_it_changed(opened, endpoint, page_errors):
    expect(opened.locator("#none")).to_be_visible()

    endpoint.confirm(categories="category_1")
    endpoint.confirm(smid="fNobody")

    expect(calls(opened)).to_have_count(2)
    expect(calls(opened).first).to_contain_text("unknown_smid")
    expect(calls(opened).first).to_have_class("bad")
    expect(person(opened)).to_contain_text("without category_1")
    expect(opened.locator("#none")).to_be_hidden()
    assert page_errors == []


def test_a_call_opens_to_its_request_and_what_can_be_copied(engine, opened, endpoint):
    endpoint.confirm()
    expect(calls(opened)).to_have_count(1)

    press(engine, opened, "#calls > li > details > summary")
    expect(opened.get_by_text("POST /unsub/confirm", exact=False).first).to_be_visible()
    press(engine, opened, "text=As pytest")

    expect(opened.get_by_text(f'unsub_server.expect_confirm("{SMID}")')).to_be_visible()


def test_html_in_a_call_is_text(opened, endpoint, page_errors):
    endpoint.confirm(smid="<img src=x onerror=document.title='owned'>")

    expect(calls(opened)).to_contain_text("<img src=x onerror")
    assert opened.locator("img").count() == 0
    assert opened.title() == "akunsub inspector"
    assert page_errors == []


def test_a_search_is_in_the_address_and_stays_live(engine, opened, endpoint):
    endpoint.confirm()
    opened.locator("input[name=q]").focus()
    for letter in "nobody":
        press_key(engine, opened, letter)
    press_key(engine, opened, "Enter")
    # The page before this one was live, too.
    expect(opened).to_have_url(re.compile(r"[?&]q=nobody"))
    expect(opened.locator("#live")).to_have_text("Live")
    expect(calls(opened)).to_have_count(0)

    endpoint.confirm()
    endpoint.confirm(smid="fNobody")

    expect(calls(opened)).to_have_count(1)
    expect(calls(opened)).to_contain_text("fNobody")


def test_the_next_call_can_be_given_a_fault(engine, opened, endpoint):
    press(engine, opened, "[data-fault='503']")
    expect(opened.locator("#said")).to_have_text("Waiting for a call: 503.")

    assert endpoint.confirm().status_code == 503
    assert endpoint.confirm().json()["error"] == 0


def test_the_clock_goes_to_just_before_the_timer_ends_and_back(engine, opened, endpoint):
    endpoint.set_resource(73, mode="delayed", timer_seconds=1800)
    endpoint.http.get(f"{endpoint.url}/u/{SMID}")
    expect(person(opened)).to_contain_text("pending until")

    press(engine, opened, "[data-clock='before-end']")

    expect(opened.locator("#said")).to_contain_text("It is ")
    assert endpoint.state()["seconds_left"] == 1
    press(engine, opened, "text=1 min on")
    expect(person(opened)).to_contain_text("unsubscribed")
    press(engine, opened, "text=Real time")
    expect(opened.locator("#said")).to_have_text("The time is real.")
    assert endpoint.clock()["is_real"]


def test_the_mode_can_be_changed(opened, endpoint):
    opened.locator("select[data-resource='73']").select_option("prevented")

    expect(opened.locator("#said")).to_have_text("The mode is prevented.")
    assert endpoint.confirm().json()["error"] == 403


def test_back_to_the_start(engine, opened, endpoint):
    endpoint.confirm()
    expect(calls(opened)).to_have_count(1)

    press(engine, opened, "[data-reset]")

    expect(opened.locator("#none")).to_be_visible()
    expect(person(opened)).to_contain_text("subscribed")
    assert endpoint.calls() == []


def test_a_reset_by_somebody_else_is_seen(opened, endpoint):
    endpoint.confirm()
    expect(calls(opened)).to_have_count(1)

    endpoint.reset()

    expect(calls(opened)).to_have_count(0)
    expect(opened.locator("#none")).to_be_visible()
    endpoint.confirm(smid="fNobody")
    expect(calls(opened)).to_have_count(1)


def test_it_goes_on_after_a_lost_connection(opened, endpoint, monkeypatch):
    """Each connection ends after a while by itself: what came in between is told by the next."""
    from akunsub.pixel.inspector import events

    monkeypatch.setattr(events, "_STREAM_S", 0.1)
    monkeypatch.setattr(events, "_AGAIN_MS", 50)
    opened.reload()
    for number in range(1, 6):
        endpoint.confirm(request_id=f"r-{number}")
        expect(calls(opened)).to_have_count(number)

    numbers = calls(opened).evaluate_all("all => all.map((one) => one.id)")
    assert numbers == [f"call-{call['id']}" for call in reversed(endpoint.calls())]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(engine, endpoint, scheme):
    if (engine.kind, engine.name) == ("system", "webkit"):
        pytest.skip("axe-core is more than WebKitGTK's inspector takes at once")
    if scheme == "dark" and "color_scheme" in engine.lacks:
        pytest.skip(f"{engine.kind} {engine.name} lacks color_scheme")
    endpoint.confirm(categories="nosuch")
    with engine.page(**({"color_scheme": "dark"} if scheme == "dark" else {})) as page:
        page.goto(f"{endpoint.url}/_unsub/")
        page.locator("#calls summary").first.evaluate("one => { one.parentElement.open = true }")
        expect(page.locator("#calls h3").first).to_have_text("Request")

        violations = Axe().run(page).response["violations"]

    assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []


def test_a_phone_needs_no_scrolling_sideways(engine, endpoint):
    endpoint.confirm(smid="f" + "W" * 190)
    with engine.page(viewport={"width": 375, "height": 700}) as page:
        page.goto(f"{endpoint.url}/_unsub/")
        page.locator("#calls summary").first.evaluate("one => { one.parentElement.open = true }")
        expect(page.locator("#calls h3").first).to_have_text("Request")

        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1]


def test_a_shared_view_can_be_opened_again(page, endpoint):
    endpoint.confirm()
    endpoint.confirm(smid="fNobody")

    page.goto(f"{endpoint.url}/_unsub/?verdict=bad&q=nobody")

    expect(calls(page)).to_have_count(1)
    assert page.locator("select[name=verdict]").input_value() == "bad"
    exported = endpoint.http.get(
        endpoint.url + page.locator("nav a", has_text="JSON").get_attribute("href")
    )
    assert [call["smid"] for call in json.loads(exported.text)["calls"]] == ["fNobody"]
