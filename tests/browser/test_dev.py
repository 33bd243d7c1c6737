"""``akunsub dev`` in a browser: nothing a page sends gets out, and it is loaded again by itself."""

from __future__ import annotations

import shutil

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from akunsub.dev.session import developing
from akunsub.platform.settings_file import load_sample
from akunsub.verify.engines import press
from tests.conftest import DELAYED, ROOT, SMID

# Each way of a page to send by itself, to a pixel host that no tag names.
WAYS = {
    "fetch": "fetch(URL_, { method: 'POST', body: fields })",
    "Request": "fetch(new Request(URL_, { method: 'POST', body: fields }))",
    "XMLHttpRequest": "const x = new XMLHttpRequest(); x.open('POST', URL_); x.send(fields)",
    "sendBeacon": "navigator.sendBeacon(URL_, fields)",
    "form": "document.forms[0].requestSubmit()",
    "form.submit": "document.forms[0].submit()",
    "formaction": "const [form] = document.forms; form.setAttribute('action', '#'); const button ="
    " document.createElement('button'); button.setAttribute('formaction', URL_);"
    " form.append(button); form.requestSubmit(button)",
    "its own server": "fetch('/unsub/confirm', { method: 'POST', body: fields })",
}
OWN = f"""<!doctype html>
<html lang="en"><head><title>Own</title><link rel="icon" href="data:,"></head><body>
<form method="post" action="https://real.example/unsub/confirm">
<input name="smid" value="{SMID}"><input name="id" value="MXw3Mw=="></form>
<button type="button">Leave</button><script>
const URL_ = 'https://real.example/unsub/confirm';
document.querySelector('button').onclick = () => {{
  const fields = new URLSearchParams(new FormData(document.forms[0]));
  WAY;
}};
</script></body></html>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dev")
    for name in ("index.html", "page.css", "page.js"):
        shutil.copy(ROOT / "demo" / name, folder)
    return folder


@pytest.fixture(scope="module")
def running(folder):
    with developing(
        str(folder),
        load_sample(),
        port=0,
        page_port=0,
        smid_param="smid",
        tell=lambda _: None,
    ) as session:
        yield session


@pytest.fixture
def dev(running):
    """A session of the demo page; nobody has done anything."""
    httpx.post(f"{running.endpoint}/_unsub/reset").raise_for_status()
    return running


def actions(session, **query):
    url = f"{session.endpoint}/_unsub/calls"
    calls = httpx.get(url, params=query, timeout=30).json()["calls"]
    return [(one["action"], one["verdict"]) for one in calls if one["action"] != "state"]


def test_a_page_with_a_strict_policy_works_as_it_is(engine, page, page_errors, dev):
    page.goto(dev.page)

    press(engine, page, "text=Confirm unsubscribe")

    expect(page.locator("#outcome h2")).to_have_text("You are unsubscribed")
    assert actions(dev) == [("confirm", "good")]
    assert page_errors == []


@pytest.mark.parametrize("way", WAYS)
def test_what_a_page_sends_to_any_pixel_host_arrives_here(engine, page, dev, folder, way):
    (folder / "own.html").write_text(OWN.replace("WAY", WAYS[way]))
    page.goto(dev.page.replace("index.html", "own.html"))

    press(engine, page, "text=Leave")

    assert actions(dev, wait=10) == [("confirm", "good")]


def test_a_page_is_loaded_again_when_a_file_changes(page, dev, folder):
    page.goto(dev.page)
    expect(page.locator("h1")).to_have_text("Unsubscribe")

    index = folder / "index.html"
    text = index.read_text()
    index.write_text(text.replace("<h1>Unsubscribe</h1>", "<h1>Goodbye</h1>"))
    expect(page.locator("h1")).to_have_text("Goodbye")

    index.write_text(text)
    expect(page.locator("h1")).to_have_text("Unsubscribe")


def test_page_and_inspector_are_side_by_side(engine, page, page_errors, dev):
    page.goto(dev.beside)
    shown = page.frame_locator("#page")
    expect(shown.locator("h1")).to_have_text("Unsubscribe")

    press(engine, page, shown.locator("text=Confirm unsubscribe"))

    inspector = page.frame_locator("[title='The inspector']")
    expect(inspector.locator("#calls > li", has_text="confirm")).to_have_count(1)
    expect(shown.locator("#outcome h2")).to_have_text("You are unsubscribed")
    assert page_errors == []


def test_a_page_is_opened_as_somebody_else(page, dev):
    page.goto(dev.beside)

    page.locator("select[name=smid]").select_option(DELAYED["smid"])

    alone = page.locator("#alone")
    expect(alone).to_have_attribute("href", dev.page.replace(SMID, DELAYED["smid"]))
    expect(page.frame_locator("#page").locator("input[name=smid]")).to_have_value(DELAYED["smid"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_used_by_everybody(engine, dev, scheme):
    if engine.name == "webkit" and engine.kind == "system":
        pytest.skip("axe-core is more than WebKitGTK's inspector takes at once")
    if engine.name == "firefox" and scheme == "dark" and engine.kind == "system":
        pytest.skip("system firefox lacks color_scheme")
    with engine.page(color_scheme=scheme) as page:
        page.goto(dev.beside)
        page.locator("summary").click()

        violations = Axe().run(page, options={"iframes": False}).response["violations"]

    assert violations == []
