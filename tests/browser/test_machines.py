"""
Nothing is sent unless a person acted on the page.

The evidence is the endpoint's alone, and no test reads the page before it has looked there: in one
engine that counts as a gesture.
"""

from __future__ import annotations

import pytest

from akunsub.verify.engines import press
from tests.browser.pages import CONFIRM, button, logged, sdk_tag, watched
from tests.conftest import SMID, UNSUBSCRIBED

# A question about a smid that nobody has: recorded, so it shows that the page has got this far.
MARKER = "fMarker"


def marker(endpoint):
    return f"fetch('{endpoint.url}/unsub/state?smid={MARKER}')"


WAYS = {
    "on load": "addEventListener('load', go)",
    "on DOMContentLoaded": "addEventListener('DOMContentLoaded', go)",
    "while parsing": "go()",
    "by timer": "setTimeout(go, 50)",
    "by a scripted click": "addEventListener('load', () => { i.click(); done(); })",
    "by a scripted click on a declarative button": (
        "addEventListener('load', () => { d.click(); done(); })"
    ),
    "by a synthetic event": (
        "addEventListener('load', () => {"
        " d.dispatchEvent(new MouseEvent('click', {bubbles: true})); done(); })"
    ),
    "by submitting a form": "addEventListener('load', () => { f.requestSubmit(); done(); })",
    "by pressing the form's button": "addEventListener('load', () => { s.click(); done(); })",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_script_unsubscribes_nobody(engine, page, site, endpoint, way):
    script = f"""<script>
      const done = () => setTimeout(() => {marker(endpoint)}, 100);
      const go = () => {{ {CONFIRM}; new AkUnsub().cancelUnsub('{SMID}'); done(); }};
      {way};</script>"""
    body = f"""{button(CONFIRM, "i")}<button id="d" data-ak-unsub="confirm">Leave</button>
      <form id="f" data-ak-unsub="confirm"><button id="s">Leave</button></form>"""
    page.goto(site.add(sdk_tag(endpoint) + body + script) + f"?smid={SMID}")

    endpoint.calls(wait=20, smid=MARKER)

    assert endpoint.actions() == []
    # go() tries both methods, the others press one thing.
    errors = logged(page, "event error", 2 if "go" in way else 1)
    assert {error[4]["code"] for error in errors} == {"no_gesture"}


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
    endpoint.calls(wait=20, smid=MARKER)
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


def test_a_prerendered_page_sends_nothing(engine, page, site, endpoint):
    """The flag is set by hand: no driver prerenders a page here."""
    script = """<script>
      Object.defineProperty(document, 'prerendering', {value: true});</script>"""
    body = button(f"{watched(CONFIRM)}; {marker(endpoint)}")
    page.goto(site.add(sdk_tag(endpoint) + body + script))

    press(engine, page, "#b")

    endpoint.calls(wait=20, smid=MARKER)
    assert endpoint.actions() == []
    assert logged(page, "rejected")[0]["code"] == "no_gesture"
