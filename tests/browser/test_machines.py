"""
Nothing is sent unless a person acted on the page.

The evidence is the endpoint's alone, and no test reads the page before it has looked there: in one
engine that counts as a gesture.
"""

from __future__ import annotations

import json
import subprocess

import pytest

from akunsub.verify.engines import press
from akunsub.verify.engines.launching import LOCAL_ONLY
from akunsub.verify.engines.processes import end_group
from tests.browser.pages import CONFIRM, button, logged, sdk_tag, watched
from tests.conftest import DELAYED, INSTANT, PREVENTED, SCRIPT_ID, SMID, UNSUBSCRIBED

# A question about a smid that nobody has: recorded, so it shows that the page has got this far.
MARKER = "fMarker"


def marker(endpoint):
    return f"fetch('{endpoint.url}/unsub/state?smid={MARKER}')"


def wait_for_marker(endpoint):
    assert endpoint.calls(wait=20, smid=MARKER), "the page did not get that far"


WAYS = {
    "on load": "addEventListener('load', go)",
    "on DOMContentLoaded": "addEventListener('DOMContentLoaded', go)",
    "on pageshow": "addEventListener('pageshow', go)",
    "while parsing": "go()",
    "by timer": "setTimeout(go, 50)",
    "by a scripted click": "addEventListener('load', () => { each('.i', (i) => i.click()); })",
    "by a scripted click on a declarative button": (
        "addEventListener('load', () => { each('.d', (d) => d.click()); })"
    ),
    "by a synthetic event": (
        "addEventListener('load', () => { each('.d', (d) => d.dispatchEvent("
        "new MouseEvent('click', {bubbles: true, cancelable: true, composed: true}))); })"
    ),
    "by a synthetic touch and key": (
        "addEventListener('load', () => { each('.i, .d', (b) => {"
        " b.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true, isPrimary: true}));"
        " b.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));"
        " b.click(); }); })"
    ),
    "by submitting a form": (
        "addEventListener('load', () => { each('.f', (f) => f.requestSubmit()); })"
    ),
    "by pressing the form's button": (
        "addEventListener('load', () => { each('.s', (s) => s.click()); })"
    ),
}
# The modes confirm, delayed, prevented and instant.
EVERY_MODE = [{"smid": SMID, "id": SCRIPT_ID}, DELAYED, PREVENTED, INSTANT]


def page_that_acts_by_itself(endpoint, way):
    """All four modes' subscriptions, and a marker once everything was tried."""
    script = f"""<script>
      const done = () => setTimeout(() => {marker(endpoint)}, 100);
      const each = (selector, press) => {{
        document.querySelectorAll(selector).forEach(press);
        done();
      }};
      const go = () => {{
        for (const {{smid, id}} of {json.dumps(EVERY_MODE)}) {{
          AkUnsub.confirmUnsub(smid);
          new AkUnsub({{id}}).confirmUnsub(smid);
          new AkUnsub({{id}}).cancelUnsub(smid);
        }}
        done();
      }};
      {way};</script>"""
    parts = "".join(
        f"""<button class="i"
          onclick="new AkUnsub({{id: '{one["id"]}'}}).confirmUnsub('{one["smid"]}')">Leave</button>
        <form class="f" data-ak-unsub="confirm">
          <input type="hidden" name="smid" value="{one["smid"]}"><button class="s">Leave</button>
          <button class="d" type="button" data-ak-unsub="confirm">Leave</button></form>"""
        for one in EVERY_MODE
    )
    return sdk_tag(endpoint) + parts + script


def statuses(endpoint):
    return [endpoint.state(one["smid"])["status"] for one in EVERY_MODE]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_script_unsubscribes_nobody(engine, page, site, endpoint, way):
    page.goto(site.add(page_that_acts_by_itself(endpoint, way)) + f"?smid={SMID}")

    wait_for_marker(endpoint)

    assert endpoint.actions() == []
    assert statuses(endpoint) == ["subscribed"] * 4
    # go() makes three calls for each subscription; the others press one or two things.
    count = 12 if "go" in way else 8 if ".i, .d" in way else 4
    errors = logged(page, "event error", count)
    assert {error[4]["code"] for error in errors} == {"no_gesture"}


@pytest.mark.parametrize("way", ["on load", "by a scripted click on a declarative button"])
def test_nor_does_a_script_in_a_frame(engine, page, site, endpoint, way):
    site.add(page_that_acts_by_itself(endpoint, WAYS[way]), path="/framed.html")
    page.goto(site.add(f'<iframe src="/framed.html?smid={SMID}"></iframe>'))

    wait_for_marker(endpoint)

    assert endpoint.actions() == []
    assert statuses(endpoint) == ["subscribed"] * 4


def test_nor_does_a_page_that_is_really_prerendered(engine, site, endpoint, tmp_path):
    """By a Chromium that nobody drives: Playwright would hold the prerendered page up."""
    if engine.name != "chromium":
        pytest.skip(f"{engine.name} does not prerender")
    site.add(
        page_that_acts_by_itself(endpoint, "if (document.prerendering) go()"),
        path="/prerendered.html",
    )
    url = f"/prerendered.html?smid={SMID}"
    rules = json.dumps({"prerender": [{"urls": [url], "eagerness": "immediate"}]})
    opener = site.add(f'<script type="speculationrules">{rules}</script>')
    profile = f"--user-data-dir={tmp_path}"
    switches = ["--headless", "--no-sandbox", "--no-first-run", profile, LOCAL_ONLY]
    chromium = subprocess.Popen(
        [engine.found.executable, *switches, opener],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for_marker(endpoint)
    finally:
        end_group(chromium)

    assert endpoint.actions() == []
    assert statuses(endpoint) == ["subscribed"] * 4


def test_after_a_persons_press_the_same_call_is_sent(engine, page, site, endpoint):
    """The control: the rule, not something else, is what kept the calls above back."""
    page.goto(site.add(sdk_tag(endpoint) + button(watched(CONFIRM))))

    press(engine, page, "#b")

    assert logged(page, "resolved") == [UNSUBSCRIBED]


def test_a_scripted_click_counts_for_nothing_even_after_a_gesture(engine, page, site, endpoint):
    body = f"""<button id="d" data-ak-unsub="confirm">Leave</button>
      <button id="b" onclick="d.click(); {marker(endpoint)}">Other</button>"""
    page.goto(site.add(sdk_tag(endpoint) + body) + f"?smid={SMID}")

    press(engine, page, "#b")

    assert logged(page, "event error")[0][4]["code"] == "no_gesture"
    wait_for_marker(endpoint)
    assert endpoint.actions() == []


@pytest.mark.parametrize("attributes", ['data-ak-require-gesture="false"', ""])
def test_require_gesture_can_be_turned_off(engine, page, site, endpoint, attributes):
    options = "" if attributes else "{require_gesture: false}"
    call = f"new AkUnsub({options}).confirmUnsub('{SMID}')"
    page.goto(site.add(sdk_tag(endpoint, attributes) + f"<script>{watched(call)}</script>"))

    assert endpoint.calls(wait=20)[0]["reason"] == "ok"
    assert logged(page, "resolved") == [UNSUBSCRIBED]


def test_an_engine_that_cannot_tell_lets_the_call_through(engine, page, site, endpoint):
    """Older engines have no navigator.userActivation: their people must be able to leave."""
    script = f"""<script>
      Object.defineProperty(Navigator.prototype, 'userActivation', {{value: undefined}});
      {watched(CONFIRM)}</script>"""
    page.goto(site.add(sdk_tag(endpoint) + script))

    assert endpoint.calls(wait=20)[0]["reason"] == "ok"


@pytest.mark.parametrize("flag", ["prerendering", "hidden"])
def test_a_page_that_nobody_sees_sends_nothing(engine, page, site, endpoint, flag):
    """The flag is set by hand, after a press: no driver moves a page to the background here."""
    script = f"""<script>
      const act = () => {{
        Object.defineProperty(document, '{flag}', {{value: true}});
        Object.defineProperty(Navigator.prototype, 'userActivation', {{
          value: {{hasBeenActive: true, isActive: false}}}});
        {watched(CONFIRM)}; {marker(endpoint)};
      }};</script>"""
    page.goto(site.add(sdk_tag(endpoint) + button("act()") + script))

    press(engine, page, "#b")

    wait_for_marker(endpoint)
    assert endpoint.actions() == []
    assert logged(page, "rejected")[0]["code"] == "no_gesture"


def test_a_press_counts_even_if_the_page_is_hidden_by_then(engine, page, site, endpoint):
    """Somebody clicks and changes to another tab at once."""
    script = "Object.defineProperty(document, 'hidden', {value: true})"
    page.goto(site.add(sdk_tag(endpoint) + button(f"{script}; {watched(CONFIRM)}")))

    press(engine, page, "#b")

    assert logged(page, "resolved") == [UNSUBSCRIBED]


def waiting(endpoint):
    """What an earlier visit left in the page's storage."""
    entry = {
        "scope": "s",
        "pxl_domain": endpoint.url,
        "id": SCRIPT_ID,
        "request_id": "earlier-visit",
        "replaces": [],
        "action": "confirm",
        "smid": SMID,
    }
    return f"Object.assign({json.dumps(entry)}, {{made_at: Date.now() - 60000}})"


def test_what_waits_is_not_sent_from_the_background(engine, page, site, endpoint):
    """Once somebody looks at the page, it is: without a press, as that was made before."""
    script = f"""<script>
      localStorage.akunsub = JSON.stringify([{waiting(endpoint)}]);
      let hidden = true;
      Object.defineProperty(document, 'hidden', {{get: () => hidden}});
      addEventListener('load', () => setTimeout(() => {marker(endpoint)}, 100));
      const show = () => {{
        hidden = false;
        document.dispatchEvent(new Event('visibilitychange', {{bubbles: true}}));
      }};</script>"""
    page.goto(site.add(script + sdk_tag(endpoint) + button("show()")))
    wait_for_marker(endpoint)
    assert endpoint.actions() == []

    press(engine, page, "#b")

    (told,) = logged(page, "event result")
    assert told == ["#document", "confirm", SMID, None, UNSUBSCRIBED]
    (call,) = endpoint.actions()
    assert "age_ms=6" in call["request"]["body"]
