"""The endpoint's own pages, used as a person uses them, with the SDK and without any script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from akunsub.verify.engines import press
from tests.conftest import DELAYED, INSTANT, PREVENTED, SMID

PAGES = {
    "confirm": f"/u/{SMID}",
    "delayed": f"/u/{DELAYED['smid']}",
    "prevented": f"/u/{PREVENTED['smid']}",
    "instant": f"/u/{INSTANT['smid']}",
    "unknown": "/u/fNobody",
    "manager": f"/manage/{SMID}",
    "prevented manager": f"/manage/{PREVENTED['smid']}",
}


# In one engine: axe's rules are about the markup.
@pytest.mark.parametrize("engine", ["chromium"], indirect=True)
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize("language", ["en", "ru"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(engine, endpoint, path, language):
    with engine.page(locale=language, viewport={"width": 320, "height": 640}) as page:
        page.goto(endpoint.url + path)

        found = Axe().run(page)
        width = page.evaluate("document.documentElement.scrollWidth")

    assert [one["id"] for one in found.response["violations"]] == []
    assert width <= 320


def test_the_confirm_page_unsubscribes_in_place(engine, page, page_errors, endpoint):
    page.goto(f"{endpoint.url}/u/{SMID}")
    expect(page.locator("script[src*=ak_list]")).to_have_count(1)

    press(engine, page, "text=Unsubscribe >> visible=true >> nth=-1")

    expect(page.locator("#outcome h1")).to_have_text("You are unsubscribed")
    assert endpoint.state()["status"] == "unsubscribed"
    assert page_errors == []


def test_the_page_says_that_it_is_sending_and_no_more(engine, page, endpoint):
    held = []

    def hold(route):
        held.append(route)

    page.route("**/unsub/confirm", hold)
    page.goto(f"{endpoint.url}/u/{SMID}")
    expect(page.locator("script[src*=ak_list]")).to_have_count(1)

    press(engine, page, "text=Unsubscribe >> visible=true >> nth=-1")

    expect(page.locator("#outcome")).to_contain_text("Sending …")
    assert endpoint.state()["status"] == "subscribed"
    held[0].continue_()
    expect(page.locator("#outcome h1")).to_have_text("You are unsubscribed")


def test_the_delayed_page_lets_the_person_stay(engine, page, endpoint):
    page.goto(f"{endpoint.url}/u/{DELAYED['smid']}")
    assert endpoint.state(DELAYED["smid"])["status"] == "pending"

    press(engine, page, "text=Stay subscribed")

    expect(page.locator("#outcome h1")).to_have_text("You stay subscribed")
    assert endpoint.state(DELAYED["smid"])["status"] == "subscribed"


def test_the_manager_unsubscribes_in_place(engine, page, endpoint):
    page.goto(f"{endpoint.url}/manage/{SMID}")

    press(engine, page, "[data-ak-unsub]")

    expect(page.locator("#outcome h1")).to_have_text("You are unsubscribed")
    assert endpoint.state()["status"] == "unsubscribed"


@pytest.mark.needs("js_off")
def test_all_of_it_works_without_script(engine, endpoint):
    with engine.page(java_script_enabled=False) as page:
        page.goto(f"{endpoint.url}/u/{SMID}")
        press(engine, page, "form.for-everything button")
        expect(page.locator("h1")).to_have_text("You are unsubscribed")
        assert endpoint.state()["status"] == "unsubscribed"

        page.goto(f"{endpoint.url}/manage/{SMID}")
        press(engine, page, "text=Subscribe again")
        expect(page.locator("body")).to_contain_text("You are subscribed again")
        press(engine, page, "text=30 days")
        expect(page.locator("body")).to_contain_text("Your subscription is paused")

    assert endpoint.state()["status"] == "suspended"
