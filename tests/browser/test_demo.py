"""The demo page, as `akunsub demo` serves it, used as a person uses it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from akunsub.pixel.server import Server
from akunsub.pixel.site import create_site
from akunsub.verify.engines import press
from tests.conftest import ROOT, SMID
from tests.waiting import wait_until


@pytest.fixture
def demo(endpoint):
    with Server(create_site(ROOT / "demo", endpoint.url)) as server:
        yield f"{server.url}/index.html"


def outcome(page):
    return page.locator("#outcome h2")


def test_confirm_unsubscribes_and_says_so_after_the_answer(
    engine, page, page_errors, endpoint, demo
):
    page.goto(f"{demo}?smid={SMID}")
    assert page.locator("#outcome").inner_text() == ""

    press(engine, page, "text=Confirm unsubscribe")

    expect(outcome(page)).to_have_text("You are unsubscribed")
    (call,) = endpoint.actions()
    assert (call["action"], call["categories"], call["reason"]) == ("confirm", None, "ok")
    expect(page.locator("#choice")).to_be_hidden()
    assert page_errors == []


def test_only_what_is_ticked_is_left(engine, page, endpoint, demo):
    page.goto(f"{demo}?smid={SMID}")

    press(engine, page, "text=Only what I tick")
    press(engine, page, "text=Special offers")
    press(engine, page, "text=Confirm unsubscribe")

    expect(outcome(page)).to_have_text("Your choice is saved")
    expect(page.locator("#outcome p")).to_have_text("We no longer send you: Special offers.")
    assert endpoint.actions()[0]["categories"] == ["category_1"]
    assert endpoint.state()["status"] == "subscribed"


def test_nothing_ticked_is_said_and_not_sent(engine, page, endpoint, demo):
    page.goto(f"{demo}?smid={SMID}")

    press(engine, page, "text=Only what I tick")
    press(engine, page, "text=Confirm unsubscribe")

    expect(outcome(page)).to_have_text("Nothing is ticked yet")
    assert endpoint.actions() == []


def test_an_incomplete_link_is_said(engine, page, endpoint, demo):
    page.goto(demo)

    press(engine, page, "text=Confirm unsubscribe")

    expect(outcome(page)).to_have_text("This link is not complete")
    assert endpoint.actions() == []


def test_somebody_who_left_is_told_when_the_page_opens(engine, page, endpoint, demo):
    endpoint.confirm()

    page.goto(f"{demo}?smid={SMID}")

    expect(outcome(page)).to_have_text("You are unsubscribed")
    expect(page.locator("#choice")).to_be_hidden()


def test_without_the_sdk_the_form_posts_by_itself(engine, page, endpoint, demo):
    """A blocklist may take the script away; the person can still leave."""
    page.route("**/ak_list_unsubscribe.js*", lambda route: route.abort())
    page.goto(f"{demo}?smid={SMID}")

    press(engine, page, "text=Confirm unsubscribe")

    expect(page.locator("h1")).to_have_text("You are unsubscribed")
    assert endpoint.actions()[0]["categories"] is None


def test_an_older_state_does_not_undo_a_newer_outcome(engine, page, endpoint, demo):
    """The question asked when the page opened is answered after the press."""
    held = []
    page.route("**/unsub/state*", lambda route: held.append((route, route.fetch())))
    page.goto(f"{demo}?smid={SMID}")
    press(engine, page, "text=Confirm unsubscribe")
    expect(outcome(page)).to_have_text("You are unsubscribed")

    ((route, answer),) = held
    assert answer.json()["status"] == "subscribed"
    route.fulfill(response=answer)
    page.wait_for_load_state("networkidle")

    expect(page.locator("#choice")).to_be_hidden()


def test_what_cannot_be_delivered_is_never_called_done(engine, page, endpoint, demo):
    """The page says what is going on, offers a way out, and says "done" on the next visit."""
    page.clock.install()
    page.route("**/unsub/confirm", lambda route: route.abort())
    page.goto(f"{demo}?smid={SMID}")

    press(engine, page, "text=Confirm unsubscribe")

    expect(outcome(page)).to_have_text("Sending …")
    page.clock.run_for(6000)
    expect(outcome(page)).to_have_text("Still sending …")
    saved = page.locator("#outcome h2", has_text="Not done yet: we could not reach our server")
    for _ in range(20):
        page.clock.run_for(2000)
        if saved.is_visible():
            break
    expect(saved).to_be_visible()
    expect(page.get_by_role("link", name="Write to us")).to_be_visible()
    assert endpoint.actions() == []

    page.unroute("**/unsub/confirm")
    page.reload()

    expect(outcome(page)).to_have_text("You are unsubscribed")
    assert [call["rule"] for call in endpoint.actions()] == ["ok"]


def test_what_an_earlier_visit_left_behind_is_not_told_as_this_messages(
    engine, page, endpoint, demo
):
    other = "fSampleEmailMary0000000000000000000000001"
    page.route("**/unsub/confirm", lambda route: route.abort())
    page.goto(f"{demo}?smid={other}")
    press(engine, page, "text=Confirm unsubscribe")
    expect(outcome(page)).to_have_text("Sending …")
    page.unroute("**/unsub/confirm")

    page.goto(f"{demo}?smid={SMID}")

    assert endpoint.calls(wait=20, smid=other)[0]["smid"] == other
    wait_until(page, "localStorage.akunsub === '[]'")
    assert page.locator("#outcome").inner_text() == ""
    expect(page.locator("#choice")).to_be_visible()
