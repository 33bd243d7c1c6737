"""Buttons, links and forms with data-ak-unsub, and the events that every outcome is."""

from __future__ import annotations

import pytest

from akunsub.verify.engines import press, press_key
from tests.browser.pages import CONFIRM, button, everything_logged, logged, sdk_tag
from tests.conftest import SMID, UNSUBSCRIBED


def open_page(page, site, endpoint, body, *, attributes="", query=f"?smid={SMID}"):
    page.goto(site.add(sdk_tag(endpoint, attributes) + body) + query)


def test_a_button_needs_no_page_script(engine, page, site, endpoint):
    open_page(page, site, endpoint, '<button id="d" data-ak-unsub="confirm"><b>Leave</b></button>')

    press(engine, page, "#d b")

    assert logged(page, "event result") == [["d", "confirm", SMID, None, UNSUBSCRIBED]]
    assert endpoint.state()["status"] == "unsubscribed"


def test_a_button_names_its_categories(engine, page, site, endpoint):
    open_page(
        page,
        site,
        endpoint,
        '<button id="d" data-ak-unsub="confirm" data-ak-categories=" category_1\n category_2 ">'
        "Leave</button>",
    )

    press(engine, page, "#d")

    logged(page, "event result")
    assert endpoint.calls()[0]["categories"] == ["category_1", "category_2"]


def test_an_empty_list_of_categories_is_not_everything(engine, page, site, endpoint):
    open_page(
        page,
        site,
        endpoint,
        '<button id="d" data-ak-unsub="confirm" data-ak-categories="">x</button>',
    )

    press(engine, page, "#d")

    assert logged(page, "event error")[0][4]["code"] == "no_categories"
    assert endpoint.calls() == []


def test_a_link_can_be_one_and_stays_on_the_page(engine, page, site, endpoint):
    open_page(page, site, endpoint, '<a id="d" href="/elsewhere" data-ak-unsub="confirm">Leave</a>')

    press(engine, page, "#d")

    assert logged(page, "event result")[0][4] == UNSUBSCRIBED


def test_the_keyboard_is_a_person_too(engine, page, site, endpoint):
    open_page(page, site, endpoint, '<button id="d" data-ak-unsub="confirm">Leave</button>')
    page.locator("#d").focus()

    press_key(engine, page, "Enter")

    assert logged(page, "event result")[0][4] == UNSUBSCRIBED


def test_the_smid_parameter_has_the_name_the_author_gave_it(engine, page, site, endpoint):
    body = '<button id="d" data-ak-unsub="confirm">Leave</button>'
    open_page(
        page, site, endpoint, body, attributes='data-ak-smid-param="m"', query=f"?smid=no&m={SMID}"
    )

    press(engine, page, "#d")

    assert logged(page, "event result")[0][2] == SMID


@pytest.mark.parametrize(
    ("action", "query", "code"),
    [
        ("confirm", "", "bad_smid"),
        ("confirm", "?smid={send_message_id}", "bad_smid"),
        ("unsubscribe", f"?smid={SMID}", "config"),
        ("", f"?smid={SMID}", "config"),
        ("cancel", f"?smid={SMID}", "refused"),
    ],
)
def test_what_goes_wrong_is_an_event(engine, page, site, endpoint, action, query, code):
    body = f'<button id="d" data-ak-unsub="{action}">Leave</button>'
    open_page(page, site, endpoint, body, query=query)

    press(engine, page, "#d")

    (event,) = logged(page, "event error")
    assert (event[0], event[1], event[4]["code"]) == ("d", action, code)
    assert everything_logged(page) == ["event error"]


FORM = """
<form id="f" data-ak-unsub="confirm" method="post" action="/nowhere">
  <input type="hidden" name="categories" value="">
  <label><input type="checkbox" id="c1" name="categories" value="category_1">1</label>
  <label><input type="checkbox" id="c2" name="categories" value="category_2">2</label>
  <button id="s">Leave</button>
  <button id="c" data-ak-unsub="cancel">Stay</button>
</form>"""


def test_a_form_sends_what_is_ticked(engine, page, site, endpoint):
    open_page(page, site, endpoint, FORM)

    press(engine, page, "#c2")
    press(engine, page, "#s")

    assert logged(page, "event result")[0][:3] == ["f", "confirm", SMID]
    (call,) = endpoint.calls()
    assert (call["action"], call["categories"]) == ("confirm", ["category_2"])


def test_a_form_with_nothing_ticked_sends_nothing(engine, page, site, endpoint):
    open_page(page, site, endpoint, FORM)

    press(engine, page, "#s")

    assert logged(page, "event error")[0][4]["code"] == "no_categories"
    assert endpoint.calls() == []


def test_a_form_whose_choice_is_disabled_means_everything(engine, page, site, endpoint):
    form = FORM.replace('<input type="hidden"', '<fieldset disabled><input type="hidden"')
    open_page(page, site, endpoint, form.replace('<button id="s"', '</fieldset><button id="s"'))

    press(engine, page, "#s")

    assert logged(page, "event result")[0][4] == UNSUBSCRIBED


def test_a_form_without_a_choice_means_everything(engine, page, site, endpoint):
    form = '<form data-ak-unsub="confirm"><button id="s">Leave</button></form>'
    open_page(page, site, endpoint, form)

    press(engine, page, "#s")

    assert logged(page, "event result")[0][4] == UNSUBSCRIBED


def test_a_form_may_carry_the_smid_itself(engine, page, site, endpoint):
    form = f'<form data-ak-unsub="confirm"><input type="hidden" name="smid" value="{SMID}">'
    open_page(page, site, endpoint, form + '<button id="s">Leave</button></form>', query="")

    press(engine, page, "#s")

    assert logged(page, "event result")[0][2] == SMID


def test_a_button_in_a_form_acts_for_itself_with_the_forms_choice(engine, page, site, endpoint):
    open_page(page, site, endpoint, FORM)

    press(engine, page, "#c1")
    press(engine, page, "#c")

    assert logged(page, "event error")[0][:2] == ["c", "cancel"]
    (call,) = endpoint.calls()
    assert (call["action"], call["categories"]) == ("cancel", ["category_1"])


def test_a_page_that_prevents_the_event_is_obeyed(engine, page, site, endpoint):
    open_page(
        page,
        site,
        endpoint,
        '<button id="d" data-ak-unsub="confirm" onclick="event.preventDefault()">Leave</button>'
        + button(CONFIRM),
    )

    press(engine, page, "#d")
    press(engine, page, "#b")

    logged(page, "event result")
    assert everything_logged(page) == ["event result"]
    assert len(endpoint.calls()) == 1


def test_a_button_in_a_shadow_root_works(engine, page, site, endpoint):
    script = """<script>
      document.getElementById('host').attachShadow({mode: 'open'}).innerHTML =
        '<button id="d" data-ak-unsub="confirm">Leave</button>';</script>"""
    open_page(page, site, endpoint, f'<div id="host"></div>{script}')

    press(engine, page, "#host #d")

    endpoint.calls(wait=20, smid=SMID)
    assert endpoint.state()["status"] == "unsubscribed"


def test_the_event_is_told_even_when_the_button_is_gone(engine, page, site, endpoint):
    """Frameworks render a new page on the click."""
    body = """<button id="d" data-ak-unsub="confirm">Leave</button>
      <script>d.addEventListener('click', () => setTimeout(() => d.remove()));</script>"""
    open_page(page, site, endpoint, body)

    press(engine, page, "#d")

    assert logged(page, "event result")[0][0] == "#document"


def test_a_call_by_script_tells_the_document(engine, page, site, endpoint):
    open_page(page, site, endpoint, button(CONFIRM))

    press(engine, page, "#b")

    assert logged(page, "event result") == [["#document", "confirm", SMID, None, UNSUBSCRIBED]]
