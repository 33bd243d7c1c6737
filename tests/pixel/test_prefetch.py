"""What a browser fetches ahead of time changes nothing, in any mode, on any path; nor does HEAD."""

import pytest

from tests.conftest import SMID
from tests.pixel.changes import MODES, REQUESTS, changes_something, prepare, send

PREFETCHES = [
    {"sec-purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender"},
    {"sec-purpose": "prefetch;anonymous-client-ip"},
    {"purpose": "prefetch"},
    {"x-moz": "prefetch"},
]


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
