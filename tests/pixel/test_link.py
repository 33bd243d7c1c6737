"""/u/<smid>: what the link in a message does, and where it leads."""

import pytest

from akunsub.pixel.link import fill_in
from akunsub.platform.rules import EFFECTS
from tests.conftest import SMID

MODES = ("instant", "confirm", "delayed", "prevented")
RESOURCE_PAGE = "https://shop.example/bye?m={send_message_id}&t={resource_token}"
TEMPLATE_LINK = "https://shop.example/custom/{send_message_id}"
TOKEN = "a/b&c=1"
OWN = "fOwn.Message-1"
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"content-type": "application/x-www-form-urlencoded"}
CHROME = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
AFTER = {"leave": "unsubscribed", "show": "subscribed", "start_timer": "pending"}
HEADINGS = {
    "instant": "You are unsubscribed",
    "confirm": "Unsubscribe",
    "delayed": "You are about to be unsubscribed",
    "prevented": "You cannot unsubscribe here",
}


def settings(mode, *, page=None, link=None, extra=""):
    return f"""
[[resources]]
account_id = 1
resource_id = 9
title = "Own <b>Shop</b>"
rtoken = "{TOKEN}"
mode = "{mode}"
{f'unsubscribe_page_url = "{page}"' if page else ""}
{extra}
[[messages]]
smid = "{OWN}"
account_id = 1
resource_id = 9
address = "own@example.com"
profile_id = "1"
{f'unsubscribe_link = "{link}"' if link else ""}
"""


def set_mode(endpoint, mode, resource=73, **changes):
    url = f"{endpoint.url}/_unsub/resources/{resource}"
    endpoint.http.patch(url, json={"mode": mode} | changes).raise_for_status()


def advance(endpoint, seconds):
    url = f"{endpoint.url}/_unsub/clock"
    endpoint.http.post(url, json={"advance_seconds": seconds}).raise_for_status()


def stand_at(endpoint, now):
    endpoint.http.post(f"{endpoint.url}/_unsub/clock", json={"now": now}).raise_for_status()


def get(endpoint, smid=SMID, **options):
    return endpoint.http.get(f"{endpoint.url}/u/{smid}", headers=CHROME, **options)


def heading(answer):
    return answer.text.partition("<h1>")[2].partition("</h1>")[0]


PLACES = {
    "custom": (
        {"page": RESOURCE_PAGE, "link": TEMPLATE_LINK},
        f"https://shop.example/custom/{OWN}",
    ),
    "page": (
        {"page": RESOURCE_PAGE},
        f"https://shop.example/bye?m={OWN}&t=a%2Fb%26c%3D1",
    ),
    "system": ({}, None),
}


@pytest.mark.parametrize("via", [None, "list_unsubscribe"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode", MODES)
def test_a_get_does_what_the_mode_has_and_leads_to_the_page(serve, mode, place, via):
    configured, target = PLACES[place]
    endpoint = serve(settings(mode, **configured))
    action = via or "link"
    effect = EFFECTS[mode][action]

    answer = get(endpoint, OWN, params={"via": via} if via else {})

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    if target and mode != "prevented":
        assert (answer.status_code, answer.headers["location"]) == (303, target)
    else:
        assert (answer.status_code, heading(answer)) == (200, HEADINGS[mode])
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert "Own &lt;b&gt;Shop&lt;/b&gt;" in answer.text
    assert endpoint.state(OWN)["status"] == AFTER.get(effect, "subscribed")
    (call,) = endpoint.actions()
    verdict = ("bad", "prevented") if mode == "prevented" else ("good", "ok")
    assert (call["action"], call["verdict"], call["rule"]) == (action, *verdict)
    assert (call["smid"], call["resource_id"]) == (OWN, 9)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode", MODES)
def test_a_head_is_answered_as_a_get_and_changes_nothing(serve, mode, place):
    configured, target = PLACES[place]
    endpoint = serve(settings(mode, **configured))

    answer = endpoint.http.head(f"{endpoint.url}/u/{OWN}")

    assert answer.content == b""
    if target and mode != "prevented":
        assert (answer.status_code, answer.headers["location"]) == (303, target)
    else:
        assert answer.status_code == 200
    assert endpoint.state(OWN)["status"] == "subscribed"
    (call,) = endpoint.actions()
    assert (call["action"], call["verdict"], call["rule"]) == ("link", "good", "head")


@pytest.mark.parametrize(
    "header",
    [
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"sec-purpose": "prefetch;anonymous-client-ip"},
        {"purpose": "prefetch"},
        {"x-moz": "prefetch"},
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_a_prefetch_changes_nothing(endpoint, mode, header):
    set_mode(endpoint, mode)

    answer = endpoint.http.get(f"{endpoint.url}/u/{SMID}", headers=CHROME | header)

    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
    assert endpoint.state()["status"] == "subscribed"
    (call,) = endpoint.actions()
    assert (call["verdict"], call["rule"]) == ("good", "prefetch")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode", MODES)
def test_one_click_answers_without_a_page_or_a_redirect(serve, mode, place):
    endpoint = serve(settings(mode, **PLACES[place][0]))

    answer = endpoint.http.post(
        f"{endpoint.url}/u/{OWN}?via=list_unsubscribe", content=ONE_CLICK, headers=FORM
    )

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.status_code == (403 if mode == "prevented" else 200)
    left = "subscribed" if mode == "prevented" else "unsubscribed"
    assert endpoint.state(OWN)["status"] == left
    (call,) = endpoint.actions()
    assert (call["action"], call["rule"]) == (
        "one_click",
        "prevented" if mode == "prevented" else "ok",
    )


def test_one_click_is_taken_as_multipart(endpoint):
    body = {"List-Unsubscribe": (None, "One-Click")}

    answer = endpoint.http.post(f"{endpoint.url}/u/{SMID}", files=body)

    assert (answer.status_code, answer.text) == (200, "You are unsubscribed.\n")
    assert endpoint.state()["status"] == "unsubscribed"


@pytest.mark.parametrize("content_type", ["text/plain", None])
def test_one_click_is_not_lost_to_a_missing_type(endpoint, content_type):
    headers = {"content-type": content_type} if content_type else {}

    endpoint.http.post(f"{endpoint.url}/u/{SMID}", content=ONE_CLICK.encode(), headers=headers)

    assert endpoint.state()["status"] == "unsubscribed"


# Within 64 KiB.
PARTS = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * 1001 + "--x--"


@pytest.mark.parametrize(
    ("headers", "body", "status", "rule"),
    [
        (FORM, "", 400, "not_one_click"),
        (FORM, "List-Unsubscribe=", 400, "not_one_click"),
        (FORM, "List-Unsubscribe=Two-Clicks", 400, "not_one_click"),
        (FORM, f"{ONE_CLICK}&{ONE_CLICK}", 400, "not_one_click"),
        (FORM, f"x={'x' * 70_000}&{ONE_CLICK}", 413, "body_too_large"),
        (FORM, f"{ONE_CLICK}&x=%00", 400, "bad_body"),
        ({"content-type": "application/json"}, '{"List-Unsubscribe": "One-Click"}', 400, None),
        ({"content-type": "multipart/form-data; boundary=x"}, ONE_CLICK, 400, "not_one_click"),
        ({"content-type": "multipart/form-data"}, ONE_CLICK, 400, "not_one_click"),
        ({"content-type": "multipart/form-data; boundary=x"}, PARTS, 413, "body_too_large"),
    ],
)
def test_a_post_that_is_not_one_click_changes_nothing(endpoint, headers, body, status, rule):
    answer = endpoint.http.post(f"{endpoint.url}/u/{SMID}", content=body, headers=headers)

    assert answer.status_code == status
    assert endpoint.state()["status"] == "subscribed"
    (call,) = endpoint.actions()
    assert (call["action"], call["verdict"], call["rule"]) == (
        "one_click",
        "bad",
        rule or "not_one_click",
    )


@pytest.mark.parametrize(
    ("smid", "rule"),
    [
        ("fNobody", "unknown_smid"),
        ("", "missing_smid"),
        ("%3Cimg%20src=x%3E", "bad_smid"),
        ("f%00", "bad_smid"),
        ("f%ff", "bad_smid"),
        ("a/b", "bad_smid"),
        ("f" * 201, "bad_smid"),
        ("%7Bsend_message_id%7D", "bad_smid"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_link_of_nobody_is_not_found(endpoint, method, smid, rule):
    body = {"content": ONE_CLICK, "headers": FORM | CHROME} if method == "POST" else {}

    answer = endpoint.http.request(method, f"{endpoint.url}/u/{smid}", **body)

    assert answer.status_code == 404
    if method == "GET":
        assert heading(answer) == "This link does not work"
        assert "<img" not in answer.text
    (call,) = endpoint.actions()
    assert (call["verdict"], call["rule"]) == ("bad", rule)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "BREW"])
def test_other_methods_are_refused(endpoint, method):
    answer = endpoint.http.request(method, f"{endpoint.url}/u/{SMID}")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert endpoint.state()["status"] == "subscribed"


def test_the_page_after_instant_promises_no_way_back(endpoint):
    set_mode(endpoint, "instant")

    first, again = get(endpoint), get(endpoint)

    assert (heading(first), heading(again)) == (
        "You are unsubscribed",
        "You are already unsubscribed",
    )
    for page in (first, again):
        assert "<form" not in page.text
        assert "mind" not in page.text


def test_the_page_of_confirm_says_so_when_the_person_has_left(endpoint):
    endpoint.confirm()

    assert heading(get(endpoint)) == "You are already unsubscribed"


def test_prevented_shows_the_resources_reason_or_a_general_one(endpoint):
    set_mode(endpoint, "prevented", reason="The <law> & us")
    assert "<p>The &lt;law&gt; &amp; us</p>" in get(endpoint).text

    set_mode(endpoint, "prevented", reason=None)
    assert "Example Shop does not let people unsubscribe" in get(endpoint).text


def test_delayed_says_until_when_and_what_comes_of_it(endpoint):
    set_mode(endpoint, "delayed", timer_seconds=1800)
    stand_at(endpoint, "2026-11-23T14:00:00Z")

    opened = get(endpoint)
    advance(endpoint, 600)
    again = get(endpoint)
    advance(endpoint, 1200)
    over = get(endpoint)

    until = '<time datetime="2026-11-23T14:30:00Z">14:30 UTC on 23 November 2026</time>'
    assert f"You have 30 min to change your mind, until {until}" in opened.text
    assert f"You have 20 min to change your mind, until {until}" in again.text
    assert heading(over) == "You are already unsubscribed"
    assert "Stay subscribed" not in over.text
    assert endpoint.state()["status"] == "unsubscribed"


def test_delayed_offers_the_way_back_after_a_confirmation_until_the_timer_ends(endpoint):
    set_mode(endpoint, "delayed", timer_seconds=1800)
    stand_at(endpoint, "2026-11-23T14:00:00Z")
    get(endpoint)

    done = endpoint.post("confirm", {"smid": SMID, "id": "MXw3Mw=="}, headers=CHROME)
    advance(endpoint, 1799)
    before = get(endpoint)
    advance(endpoint, 1)
    after = get(endpoint)

    assert heading(done) == "You are unsubscribed"
    for page in (done, before):
        assert "14:30 UTC on 23 November 2026</time> you can take it back" in page.text
        assert 'action="/unsub/cancel"' in page.text
    assert "take it back" not in after.text


def test_a_page_address_cannot_begin_a_header(endpoint):
    evil = "https://shop.example/\r\nX-Evil: 1/{send_message_id}"

    answer = endpoint.http.patch(
        f"{endpoint.url}/_unsub/resources/73", json={"unsubscribe_page_url": evil}
    )

    assert answer.status_code == 400
    assert "control character" in answer.json()["error_text"]
    assert fill_in(evil, "f1", "t") == "https://shop.example/%0D%0AX-Evil:%201/f1"


def test_no_value_brings_another_placeholder(endpoint):
    assert fill_in(
        "https://x.example/{send_message_id}/{resource_token}", "{resource_token}", "?"
    ) == ("https://x.example/%7Bresource_token%7D/%3F")


def test_production_tells_nobody_the_verdict(serve):
    endpoint = serve(settings("confirm"), production=True)

    assert "x-unsub-verdict" not in get(endpoint, OWN).headers
    assert "x-unsub-verdict" not in get(endpoint, "fNobody").headers
