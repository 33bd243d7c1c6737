"""The class: what it sends, what it answers, what it refuses to send. On the minified file."""

from __future__ import annotations

import urllib.parse

import pytest

from akunsub.pixel.server import Server
from akunsub.pixel.site import create_site
from akunsub.verify.engines import press
from tests.browser.pages import (
    CONFIRM,
    MANIFEST,
    READABLE,
    button,
    everything_logged,
    logged,
    sdk_tag,
    watched,
)
from tests.conftest import ROOT, RTOKEN, SCRIPT_ID, SMID, UNSUBSCRIBED

MARKER = "fSampleEmailMary0000000000000000000000001"


def open_page(engine, page, site, endpoint, body, *, tag=None, **options):
    tag = sdk_tag(endpoint) if tag is None else tag
    page.goto(site.add(tag + body, **options))


def test_the_documented_snippet_works_as_it_stands(engine, page, endpoint):
    """Both buttons of the platform's documentation, pressed by a pointer, from another origin."""
    with Server(create_site(ROOT / "demo", endpoint.url)) as demo:
        page.goto(f"{demo.url}/documented.html")
        press(engine, page, "text=Confirm unsubscribe")
        (confirmed,) = endpoint.calls(wait=20, verdict="good")
        press(engine, page, "text=Cancel unsubscribe")
        (cancelled,) = endpoint.calls(wait=20, since=confirmed["id"])

    assert (confirmed["action"], confirmed["smid"], confirmed["categories"]) == (
        "confirm",
        SMID,
        ["category_1", "category_2"],
    )
    assert (cancelled["action"], cancelled["categories"]) == (
        "cancel",
        ["category_1", "category_2"],
    )
    assert cancelled["reason"].startswith("not_delayed: ")
    # Nothing else was sent: no preflight above all.
    assert [call["request"]["method"] for call in endpoint.calls()] == ["POST", "POST"]
    assert endpoint.state()["categories"] == ["category_1", "category_2"]


def test_the_documented_static_call_works(engine, page, site, endpoint):
    call = f"AkUnsub.confirmUnsub('{SMID}', ['cat_to_unsub'])"
    open_page(engine, page, site, endpoint, button(call))

    press(engine, page, "#b")

    assert logged(page, "event result")[0][4]["categories"] == ["cat_to_unsub"]
    assert endpoint.state()["categories"] == ["cat_to_unsub"]


def test_one_call_is_one_simple_post(engine, page, site, endpoint):
    open_page(engine, page, site, endpoint, button(watched(CONFIRM)))

    press(engine, page, "#b")

    assert logged(page, "resolved") == [UNSUBSCRIBED]
    (call,) = endpoint.calls()
    assert call["request"]["method"] == "POST"
    headers = call["request"]["headers"]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded;charset=UTF-8"
    assert headers["Origin"] == site.url
    assert "Cookie" not in headers
    fields = urllib.parse.parse_qs(call["request"]["body"])
    request_id = fields.pop("request_id")
    assert fields == {"smid": [SMID], "id": [SCRIPT_ID], "v": [MANIFEST["version"]]}
    assert len(request_id[0]) > 20


def test_the_second_confirm_is_already(engine, page, site, endpoint):
    open_page(engine, page, site, endpoint, button(watched(CONFIRM)))

    press(engine, page, "#b")
    logged(page, "resolved")
    press(engine, page, "#b")

    assert logged(page, "resolved", 2) == [UNSUBSCRIBED, UNSUBSCRIBED | {"already": True}]
    bodies = [call["request"]["body"] for call in endpoint.calls()]
    assert len({urllib.parse.parse_qs(body)["request_id"][0] for body in bodies}) == 2


@pytest.mark.parametrize("categories", ["undefined", "null"])
def test_no_categories_means_the_whole_resource(engine, page, site, endpoint, categories):
    call = f"new AkUnsub().confirmUnsub('{SMID}', {categories})"
    open_page(engine, page, site, endpoint, button(watched(call)))

    press(engine, page, "#b")

    assert logged(page, "resolved") == [UNSUBSCRIBED]


def test_categories_are_sent_sorted_and_without_repeats(engine, page, site, endpoint):
    call = f"AkUnsub.confirmUnsub('{SMID}', ['category_2', 'category_1', 'category_2', ''])"
    open_page(engine, page, site, endpoint, button(watched(call)))

    press(engine, page, "#b")

    assert logged(page, "resolved")[0]["status"] == "subscribed"
    assert endpoint.calls()[0]["categories"] == ["category_1", "category_2"]


NOT_SENT = [
    ("confirmUnsub()", "bad_smid"),
    ("confirmUnsub('')", "bad_smid"),
    ("confirmUnsub(null)", "bad_smid"),
    ("confirmUnsub(12345)", "bad_smid"),
    ("confirmUnsub(event)", "bad_smid"),
    ("confirmUnsub(window)", "bad_smid"),
    ("confirmUnsub(Symbol())", "bad_smid"),
    ("confirmUnsub('{send_message_id}')", "bad_smid"),
    ("confirmUnsub('f f')", "bad_smid"),
    (f"confirmUnsub('{SMID}', [])", "no_categories"),
    (f"confirmUnsub('{SMID}', [''])", "no_categories"),
    (f"confirmUnsub('{SMID}', [null, undefined])", "no_categories"),
    (f"confirmUnsub('{SMID}', '')", "no_categories"),
    (f"confirmUnsub('{SMID}', false)", "no_categories"),
    (f"cancelUnsub('{SMID}', [])", "no_categories"),
    ("cancelUnsub()", "bad_smid"),
]


def test_what_is_wrong_by_itself_is_not_sent(engine, page, site, endpoint):
    """One page, one press for each row: rejected with its code, and nothing at the endpoint."""
    calls = "".join(button(watched(f"AkUnsub.{row[0]}"), f"b{i}") for i, row in enumerate(NOT_SENT))
    marker = button(f"AkUnsub.confirmUnsub('{MARKER}')", "marker")
    open_page(engine, page, site, endpoint, calls + marker)

    for number in range(len(NOT_SENT)):
        press(engine, page, f"#b{number}")
    press(engine, page, "#marker")

    codes = [error["code"] for error in logged(page, "rejected", len(NOT_SENT))]
    assert codes == [code for _, code in NOT_SENT]
    endpoint.calls(wait=20, smid=MARKER)
    assert [call["smid"] for call in endpoint.calls()] == [MARKER]
    assert not {"error", "unhandled"} & set(everything_logged(page))


CONFIG_FAULTS = [
    ("{pxl_domain: 'pxl.example/path'}", "config: pxl_domain"),
    ("{pxl_domain: 'ftp://pxl.example'}", "config: pxl_domain"),
    ("{pxl_domain: 'pxl example'}", "config: pxl_domain"),
    ("{pxl_domain: ''}", "config: pxl_domain"),
    ("{pxl_domain: {}}", "config: pxl_domain"),
    ("{pxl_domain: 'pxl.example:99999'}", "config: pxl_domain"),
    ("{id: ''}", "config: id"),
    ("{get rtoken() { throw Error('mine') }}", "config: mine"),
]


def test_a_config_fault_is_told_by_the_first_call(engine, page, site, endpoint):
    calls = "".join(
        button(watched(f"new AkUnsub({row[0]}).confirmUnsub('{SMID}')"), f"b{i}")
        for i, row in enumerate(CONFIG_FAULTS)
    )
    unbound = button(watched(f"(0, new AkUnsub().confirmUnsub)('{SMID}')"), "unbound")
    open_page(engine, page, site, endpoint, calls + unbound)

    for number in range(len(CONFIG_FAULTS)):
        press(engine, page, f"#b{number}")
    press(engine, page, "#unbound")

    messages = [error["message"] for error in logged(page, "rejected", len(CONFIG_FAULTS) + 1)]
    assert messages == [*(message for _, message in CONFIG_FAULTS), "config: this"]
    assert endpoint.calls() == []
    assert not {"error", "unhandled"} & set(everything_logged(page))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("confirmUnsub('fNobody')", {"code": "refused", "error": 404}),
        (f"confirmUnsub('{SMID}', ['nope'])", {"code": "refused", "error": 400}),
        (f"cancelUnsub('{SMID}')", {"code": "refused", "error": 409}),
    ],
)
def test_the_endpoints_no_is_told_in_its_own_words(engine, page, site, endpoint, call, expected):
    open_page(engine, page, site, endpoint, button(watched(f"AkUnsub.{call}")))

    press(engine, page, "#b")

    (error,) = logged(page, "rejected")
    told = endpoint.calls()[0]["reason"].partition(": ")[2]
    assert error == expected | {
        "name": "AkUnsubError",
        "message": f"refused: {told}",
        "error_text": told,
    }


def test_an_ignored_rejection_is_no_unhandled_rejection(engine, page, site, endpoint):
    open_page(
        engine,
        page,
        site,
        endpoint,
        button("AkUnsub.confirmUnsub('fNobody')", "refused") + button("AkUnsub.confirmUnsub()"),
    )

    press(engine, page, "#refused")
    press(engine, page, "#b")

    logged(page, "event error", 2)
    assert everything_logged(page) == ["event error", "event error"]


def test_same_intent_in_flight_is_the_same_promise(engine, page, site, endpoint):
    script = f"""
      const a = new AkUnsub();
      const one = a.confirmUnsub('{SMID}'), two = new AkUnsub().confirmUnsub('{SMID}');
      const other = a.confirmUnsub('{SMID}', ['category_1']);
      log('same', [one === two, one === other]);
      Promise.all([one, two, other]).then(() => log('done', 0));"""
    open_page(engine, page, site, endpoint, button(script))

    press(engine, page, "#b")

    assert logged(page, "same") == [[True, False]]
    logged(page, "done")
    assert sorted(str(call["categories"]) for call in endpoint.calls()) == [
        "None",
        "['category_1']",
    ]


def test_twenty_quick_clicks_unsubscribe_once(engine, page, site, endpoint):
    open_page(engine, page, site, endpoint, button(watched(CONFIRM)))

    press(engine, page, "#b", times=20)

    results = logged(page, "resolved", 20)
    reasons = [call["reason"] for call in endpoint.calls()]
    assert reasons.count("ok") == 1
    assert set(reasons) <= {"ok", "already"}
    assert {result["status"] for result in results} == {"unsubscribed"}


def test_leaving_the_page_on_the_click_does_not_lose_it(engine, page, site, endpoint):
    site.add("<p id=left>Left</p>", path="/left.html")
    open_page(engine, page, site, endpoint, button(f"{CONFIRM}; location = '/left.html'"))

    press(engine, page, "#b")
    page.locator("#left").wait_for()

    assert endpoint.calls(wait=20, smid=SMID)[0]["reason"] == "ok"


def test_the_readable_file_does_the_same(engine, page, site, endpoint):
    tag = sdk_tag(endpoint, name=READABLE)
    body = button(watched(CONFIRM)) + button(watched("AkUnsub.confirmUnsub('x', [])"), "empty")
    open_page(engine, page, site, endpoint, body, tag=tag)

    press(engine, page, "#b")
    press(engine, page, "#empty")

    assert logged(page, "resolved") == [UNSUBSCRIBED]
    assert logged(page, "rejected")[0]["code"] == "no_categories"


def test_rtoken_and_pxl_domain_override_the_script(engine, page, site, endpoint):
    call = (
        f"new AkUnsub({{rtoken: '{RTOKEN}', pxl_domain: '{endpoint.url}/'}}).confirmUnsub('{SMID}')"
    )
    tag = sdk_tag(endpoint, query="")
    open_page(engine, page, site, endpoint, button(watched(call)), tag=tag)

    press(engine, page, "#b")

    assert logged(page, "resolved") == [UNSUBSCRIBED]
    fields = urllib.parse.parse_qs(endpoint.calls()[0]["request"]["body"])
    assert fields["rtoken"] == [RTOKEN]
    assert "id" not in fields
