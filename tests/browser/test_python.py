"""The pages in Python, and the binding, on MicroPython in each engine."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from akunsub import python_runtime
from akunsub.pixel.server import Server
from akunsub.pixel.site import create_site
from akunsub.verify.engines import press
from tests.conftest import ROOT, SMID


@pytest.fixture(scope="module")
def runtime():
    try:
        return python_runtime.fetch()
    except python_runtime.RuntimeMissingError as error:
        return (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


@pytest.fixture
def pages(endpoint, runtime):
    more = {"runtime": runtime, "sdk": ROOT / "sdk" / "python"}
    with Server(create_site(ROOT / "demo", endpoint.url, more)) as server:
        yield server.url


@pytest.fixture
def asked(page):
    """Every URL that the page asks for."""
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    return urls


def open_page(page, url):
    page.goto(url)
    expect(page.locator("#python")).to_have_text("Python is ready.")


def outcome(page):
    return page.locator("#outcome h2")


def run(engine, page, steps):
    """What *steps* print on the playground."""
    page.locator("#steps").fill(steps)
    press(engine, page, "#run")
    expect(page.locator("#printed")).to_contain_text("Done.")
    return page.locator("#printed").inner_text().splitlines()[:-1]


def test_a_press_unsubscribes_and_nothing_leaves_the_machine(
    engine, page, page_errors, asked, endpoint, pages
):
    open_page(page, f"{pages}/pyscript.html?smid={SMID}")

    press(engine, page, "text=Confirm unsubscribe")

    expect(outcome(page)).to_have_text("You are unsubscribed")
    (call,) = endpoint.actions()
    assert (call["action"], call["categories"], call["reason"]) == ("confirm", None, "ok")
    assert page_errors == []
    assert {url.partition("/unsub")[0].split("/")[2].split(":")[0] for url in asked} == {
        "127.0.0.1"
    }

    open_page(page, f"{pages}/pyscript.html?smid={SMID}")
    expect(outcome(page)).to_have_text("You are unsubscribed")


def test_only_what_is_ticked_is_left(engine, page, endpoint, pages):
    open_page(page, f"{pages}/pyscript.html?smid={SMID}")

    press(engine, page, "text=Only what I tick")
    press(engine, page, "text=Confirm unsubscribe")
    expect(outcome(page)).to_have_text("Nothing is ticked yet")
    assert endpoint.actions() == []
    press(engine, page, "text=Special offers")
    press(engine, page, "text=Confirm unsubscribe")

    expect(outcome(page)).to_have_text("Your choice is saved")
    expect(page.locator("#outcome p")).to_have_text("We no longer send you: Special offers.")
    assert endpoint.actions()[0]["categories"] == ["category_1"]


def test_within_the_timer_a_person_can_stay(engine, page, endpoint, pages):
    endpoint.set_resource(73, mode="delayed")
    endpoint.http.get(f"{endpoint.url}/u/{SMID}")
    open_page(page, f"{pages}/pyscript.html?smid={SMID}")
    expect(outcome(page)).to_have_text("You will be unsubscribed")

    press(engine, page, "text=Stay subscribed")

    expect(outcome(page)).to_have_text("You stay subscribed")
    assert endpoint.state()["status"] == "subscribed"


def test_a_refusal_is_told_in_the_endpoints_words(engine, page, endpoint, pages):
    open_page(page, f"{pages}/pyscript.html?smid={SMID}")
    endpoint.set_resource(73, mode="prevented", reason="The law says so.")

    press(engine, page, "text=Confirm unsubscribe")

    expect(page.locator("#outcome p")).to_have_text("The law says so.")
    expect(page.locator("#choice")).to_be_visible()


def test_without_the_runtime_the_form_works_and_the_page_says_how_to_get_it(
    engine, page, endpoint, tmp_path
):
    more = {"runtime": tmp_path, "sdk": ROOT / "sdk" / "python"}
    with Server(create_site(ROOT / "demo", endpoint.url, more)) as server:
        page.goto(f"{server.url}/pyscript.html?smid={SMID}")
        expect(page.locator("#python")).to_contain_text("akunsub demo --python")

        press(engine, page, "text=Confirm unsubscribe")

        calls = endpoint.actions(wait=10)
    assert [call["reason"] for call in calls] == ["ok"]


def test_steps_of_the_playground_reach_the_endpoint(engine, page, page_errors, endpoint, pages):
    endpoint.set_resource(73, mode="delayed")
    open_page(page, f"{pages}/playground.html?smid={SMID}")

    printed = run(
        engine,
        page,
        "sdk = AkUnsub()\n"
        "print(await sdk.confirm_unsub(smid, {'category_1'}))\n"
        "print(await sdk.cancel_unsub(smid))\n"
        "for wrong in ([], 'category_1'):\n"
        "    try:\n"
        "        await sdk.confirm_unsub(smid, wrong)\n"
        "    except (AkUnsubError, TypeError) as error:\n"
        "        print(type(error).__name__, getattr(error, 'code', error))\n",
    )

    assert printed[-2:] == [
        "AkUnsubError no_categories",
        "TypeError categories is a list of names, not one name",
    ]
    calls = endpoint.actions()
    assert [(call["action"], call["categories"]) for call in calls] == [
        ("confirm", ["category_1"]),
        ("cancel", None),
    ]
    assert page_errors == []


def test_what_is_wrong_with_a_step_is_printed(engine, page, page_errors, pages):
    open_page(page, f"{pages}/playground.html")
    for steps, told in (("1 +", "SyntaxError"), ("1 / 0", "ZeroDivisionError")):
        page.locator("#steps").fill(steps)
        press(engine, page, "#run")
        expect(page.locator("#printed")).to_contain_text(told)
    assert page_errors == []
