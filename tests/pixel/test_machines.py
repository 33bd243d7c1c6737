"""Requests that no person made change nothing, in any mode, on any path."""

import pytest

from akunsub.platform.rules import EFFECTS
from tests.conftest import SCRIPT_ID, SMID

MODES = tuple(EFFECTS)
PREFETCHES = [
    {"sec-purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender"},
    {"sec-purpose": "prefetch;anonymous-client-ip"},
    {"purpose": "prefetch"},
    {"x-moz": "prefetch"},
]
UNSUB = {"smid": SMID, "id": SCRIPT_ID, "request_id": "r1"}
# Everything that a person's request changes something with: method, path, fields.
REQUESTS = {
    "link": ("GET", f"/u/{SMID}", None),
    "list_unsubscribe": ("GET", f"/u/{SMID}?via=list_unsubscribe", None),
    "one_click": ("POST", f"/u/{SMID}", {"List-Unsubscribe": "One-Click"}),
    "confirm": ("POST", "/unsub/confirm", UNSUB),
    "confirm some": ("POST", "/unsub/confirm", UNSUB | {"categories": "category_1"}),
    "cancel": ("POST", "/unsub/cancel", UNSUB),
    "manage_unsubscribe": ("POST", f"/manage/{SMID}", {"do": "unsubscribe"}),
    "manage_suspend": ("POST", f"/manage/{SMID}", {"do": "suspend", "days": "14"}),
    "manage_resume": ("POST", f"/manage/{SMID}", {"do": "resume"}),
    "manage_categories": ("POST", f"/manage/{SMID}", {"do": "categories", "shown": "category_1"}),
}


def send(endpoint, name, *, method=None, headers=None):
    own_method, path, fields = REQUESTS[name]
    method = method or own_method
    body = {"data": fields} if method == "POST" else {"params": fields} if fields else {}
    return endpoint.http.request(method, endpoint.url + path, headers=headers, **body)


def prepare(endpoint, mode, name):
    """Bring it to where the request has something to change, if it ever has in this mode."""
    endpoint.set_resource(73, mode="delayed")
    if name == "cancel":
        endpoint.confirm()
    if name == "manage_resume":
        send(endpoint, "manage_suspend")
    endpoint.set_resource(73, mode=mode)
    return endpoint.stored()


def changes_something(mode, name):
    if name.startswith("manage"):
        return mode != "prevented" or name == "manage_resume"
    return EFFECTS[mode][name.removesuffix(" some")] in {"leave", "keep", "start_timer"}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("mode", MODES)
def test_what_is_fetched_ahead_changes_nothing_and_the_persons_request_then_does(
    endpoint, mode, name
):
    before = prepare(endpoint, mode, name)
    last = endpoint.calls()[-1]["id"] if endpoint.calls() else 0

    answers = [send(endpoint, name, headers=header) for header in PREFETCHES]
    afterwards = endpoint.stored()
    calls = endpoint.calls(since=last)
    own = send(endpoint, name)

    assert {answer.status_code for answer in answers} == {503}
    assert afterwards == before
    word = "good" if REQUESTS[name][0] == "GET" else "bad"
    assert [(call["verdict"], call["rule"]) for call in calls] == [(word, "prefetch")] * 5
    assert (endpoint.stored() != before) == changes_something(mode, name)
    assert own.status_code != 503


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("mode", MODES)
def test_head_changes_nothing_nor_does_a_get_of_what_is_posted(endpoint, mode, name):
    before = prepare(endpoint, mode, name)

    for headers in [{}, *PREFETCHES]:
        send(endpoint, name, method="HEAD", headers=headers)
        if REQUESTS[name][0] == "POST" and not name.startswith("one"):
            send(endpoint, name, method="GET", headers=headers)

    assert endpoint.stored() == before


@pytest.mark.parametrize("name", [name for name in REQUESTS if REQUESTS[name][0] == "POST"])
def test_a_post_made_ahead_is_told_to_come_again(endpoint, name):
    answer = send(endpoint, name, headers={"sec-purpose": "prefetch;prerender"})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "prefetch" in answer.headers["x-unsub-verdict"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_page_that_is_not_shown_yet_can_read_why_it_was_refused(endpoint):
    headers = {"sec-purpose": "prefetch;prerender", "origin": "https://shop.example"}

    answer = send(endpoint, "confirm", headers=headers)

    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert (answer.json()["error"], answer.json()["code"]) == (503, "prefetch")
    (call,) = endpoint.calls()
    assert (call["smid"], call["resource_id"]) == (SMID, None)


def test_what_only_reads_is_answered_ahead_as_well(endpoint):
    header = {"sec-purpose": "prefetch"}

    state = endpoint.http.get(f"{endpoint.url}/unsub/state?smid={SMID}", headers=header)
    manager = endpoint.http.get(f"{endpoint.url}/manage/{SMID}", headers=header)

    assert (state.status_code, manager.status_code) == (200, 200)
