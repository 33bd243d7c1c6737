"""/_unsub/: what a page just did, for who builds it."""

import contextlib
import json
import threading
import time

import httpx
import pytest
from markupsafe import escape

from akunsub.pixel.inspector import events
from tests.conftest import SMID

INJECTIONS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</pre></details><h1>owned</h1>",
    "{{ 7 * 7 }}",
    "javascript:alert(1)",
]


def shown(endpoint, **query):
    return endpoint.http.get(f"{endpoint.url}/_unsub/", params=query)


def ids(page):
    """The numbers of the calls on *page*, from the top."""
    return [int(part.split('"')[0]) for part in page.text.split('<li id="call-')[1:]]


@contextlib.contextmanager
def listening(endpoint, headers=None, **query):
    """What is told, in a list of (event, id, data), while the body runs."""
    told, is_open = [], threading.Event()

    def listen():
        event = {"data": []}
        with httpx.stream(
            "GET", f"{endpoint.url}/_unsub/events", params=query, headers=headers, timeout=30
        ) as answer:
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            for line in answer.iter_lines():
                if stop.is_set():
                    return
                name, _, value = line.partition(": ")
                if name == "retry":
                    is_open.set()
                elif name == "data":
                    event["data"].append(value)
                elif name != ":" and name:
                    event[name] = value
                elif event["data"]:
                    told.append((event["event"], event.get("id"), "\n".join(event["data"])))
                    event = {"data": []}

    stop = threading.Event()
    listener = threading.Thread(target=listen)
    listener.start()
    try:
        assert is_open.wait(10)
        yield told
    finally:
        stop.set()
        endpoint.confirm(smid="fTheEnd")  # so that the listener hears something
        listener.join(10)
        assert not listener.is_alive()


def wait_for(is_so):
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def test_it_shows_calls_with_what_to_do_and_people(endpoint):
    endpoint.confirm(categories="category_1")
    endpoint.confirm(categories="nosuch")

    page = shown(endpoint).text

    assert "script-src 'self'" in shown(endpoint).headers["content-security-policy"]
    assert "unknown_category" in page
    assert "<small>without category_1</small>" in page
    latest = ids(shown(endpoint))[0]
    assert f'<a href="/_unsub/calls/{latest}">' in page


def test_a_call_is_shown_with_what_was_sent_and_answered(endpoint):
    endpoint.confirm(categories="category_1")
    (call,) = endpoint.calls()

    page = endpoint.http.get(f"{endpoint.url}/_unsub/calls/{call['id']}")

    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "expect_confirm(" in page.text
    assert f"curl -i -X POST {endpoint.url}/unsub/confirm" in page.text
    assert "<h3>Answer 200</h3>" in page.text


def test_a_bad_call_is_shown_with_what_to_do(endpoint):
    endpoint.confirm(categories="nosuch")
    (call,) = endpoint.calls()

    page = endpoint.http.get(f"{endpoint.url}/_unsub/calls/{call['id']}").text

    assert f"<b>To do:</b> {escape(call['fix'])}" in page
    assert '<a href="/_unsub/?smid=' in page


@pytest.mark.parametrize("number", [999_999, 2**70])
def test_a_call_that_is_not_there_is_told(endpoint, number):
    answer = endpoint.http.get(f"{endpoint.url}/_unsub/calls/{number}")

    assert answer.status_code == 404
    assert f"there is no call {number}" in answer.json()["error_text"]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("place", ["smid", "category", "agent", "path"])
def test_what_was_sent_is_text(endpoint, place, text):
    fields = (
        {"smid": text} if place == "smid" else {"categories": text} if place == "category" else {}
    )
    endpoint.http.post(
        f"{endpoint.url}/unsub/{'confirm' if place != 'path' else 'x' + text}",
        data={"smid": SMID, **fields},
        headers={"User-Agent": text} if place == "agent" else None,
    )

    number = endpoint.calls()[0]["id"]
    whole = endpoint.http.get(f"{endpoint.url}/_unsub/calls/{number}").text
    page = shown(endpoint).text + whole

    for dangerous in ("<script>alert", "<img src=x", "<svg", "<h1>owned", 'href="javascript:'):
        assert dangerous not in page
    if place != "path":  # that comes with its percent signs
        assert str(escape(text)) in page


def test_calls_can_be_looked_for(endpoint):
    endpoint.confirm()
    endpoint.confirm(smid="fNobody")
    endpoint.post("cancel", {"smid": SMID})
    first, second, third = (call["id"] for call in endpoint.calls())

    assert ids(shown(endpoint)) == [third, second, first]
    assert ids(shown(endpoint, verdict="good")) == [first]
    assert ids(shown(endpoint, action="cancel")) == [third]
    assert ids(shown(endpoint, smid="fNobody")) == [second]
    assert ids(shown(endpoint, q="NOBODY")) == [second]
    assert ids(shown(endpoint, q="unsub/confirm")) == [second, first]
    assert ids(shown(endpoint, q="f%y")) == []
    assert ids(shown(endpoint, q="\0")) == []
    assert ids(shown(endpoint, q="unsub", verdict="bad", before=third)) == [second]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"verdict": "ugly"}, "verdict is good or bad"),
        ({"before": "x"}, "before is the number of a call"),
        ({"before": "9" * 20}, "before is the number of a call"),
        ({"before": "9" * 5000}, "before is the number of a call"),
        ({"before": "٣"}, "before is the number of a call"),
        ({"q": "x" * 201}, "q is longer than 200 characters"),
    ],
)
def test_a_bad_search_is_told(endpoint, query, told):
    answer = shown(endpoint, **query)

    assert answer.status_code == 400
    assert told in answer.json()["error_text"]


def test_earlier_calls_are_a_page_away(endpoint):
    for _ in range(26):
        endpoint.confirm(smid="fNobody")
    numbers = [call["id"] for call in endpoint.calls()]

    latest = shown(endpoint)

    assert ids(latest) == numbers[:0:-1]
    assert f"?before={numbers[1]}" in latest.text
    assert ids(shown(endpoint, before=numbers[1])) == numbers[:1]


def test_a_call_is_told_as_it_comes_and_so_is_what_it_changed(endpoint):
    with listening(endpoint) as told:
        wait_for(lambda: any(event == "people" for event, *_ in told))
        endpoint.confirm()
        wait_for(
            lambda: any("unsubscribed" in data for event, _, data in told if event == "people")
        )

    (call,) = [one for one in told if one[0] == "call"]
    assert call[1] == str(endpoint.calls()[0]["id"])
    assert '<li id="call-' in call[2]


def test_who_was_away_is_told_what_came_meanwhile(endpoint):
    for _ in range(3):
        endpoint.confirm()
    first, second, third = (str(call["id"]) for call in endpoint.calls())

    # A browser says the last one that it has seen; the address is as it was at first.
    with listening(endpoint, {"Last-Event-ID": first}, since=0) as told:
        wait_for(lambda: len(told) >= 2)

    assert [one[1] for one in told if one[0] == "call"] == [second, third]


@pytest.mark.parametrize("seen", ["9" * 5000, "x"])
def test_who_says_nonsense_about_what_was_seen_is_told_all(endpoint, seen):
    endpoint.confirm()

    with listening(endpoint, {"Last-Event-ID": seen}) as told:
        wait_for(lambda: any(name == "call" for name, _, _ in told))


def test_only_what_is_looked_for_is_told(endpoint):
    with listening(endpoint, verdict="bad") as told:
        endpoint.confirm()
        endpoint.confirm(smid="fNobody")
        wait_for(lambda: any(event == "call" for event, *_ in told))

    calls = [data for event, _, data in told if event == "call"]
    assert len(calls) == 1
    assert "fNobody" in calls[0]


def test_a_timer_that_ends_is_told_without_a_call(endpoint):
    endpoint.set_resource(73, mode="delayed", timer_seconds=60)
    endpoint.http.get(f"{endpoint.url}/u/{SMID}")

    with listening(endpoint) as told:
        wait_for(lambda: any("pending" in data for *_, data in told))
        endpoint.clock(advance_seconds=61)
        wait_for(lambda: told[-1][0] == "people" and "unsubscribed" in told[-1][2])


def test_readers_leave_room_for_people(endpoint):
    with contextlib.ExitStack() as readers:
        for _ in range(events._MAX_READERS):
            readers.enter_context(listening(endpoint))

        answer = endpoint.http.get(f"{endpoint.url}/_unsub/events")
        assert "event: full" in answer.text
        assert endpoint.confirm().json()["error"] == 0


def test_a_reader_who_has_gone_leaves_the_place_to_others(endpoint):
    for _ in range(events._MAX_READERS):
        with httpx.stream("GET", f"{endpoint.url}/_unsub/events") as answer:
            assert next(answer.iter_lines()).startswith("retry: ")

    def is_room():
        with httpx.stream("GET", f"{endpoint.url}/_unsub/events") as answer:
            return next(answer.iter_lines()) == f"retry: {events._AGAIN_MS}"

    wait_for(is_room)


def test_the_session_can_be_taken_away(endpoint):
    endpoint.confirm(categories="category_1", request_id="r-1")
    endpoint.confirm(smid="fNobody")

    calls = endpoint.http.get(f"{endpoint.url}/_unsub/calls.json").json()["calls"]
    bad = endpoint.http.get(f"{endpoint.url}/_unsub/calls.json", params={"verdict": "bad"}).json()
    har = endpoint.http.get(f"{endpoint.url}/_unsub/calls.har").json()["log"]

    assert calls == endpoint.calls()
    assert bad["calls"] == calls[1:]
    assert (har["version"], har["creator"]["name"]) == ("1.2", "akunsub")
    first = har["entries"][0]
    assert first["request"]["url"] == f"{endpoint.url}/unsub/confirm"
    assert "request_id=r-1" in first["request"]["postData"]["text"]
    assert json.loads(first["response"]["content"]["text"])["error"] == 0


@pytest.mark.parametrize("kind", ["503", "hang", "drop"])
def test_the_next_call_meets_a_fault_and_stores_nothing(endpoint, kind):
    faults = f"{endpoint.url}/_unsub/faults"
    asked = endpoint.http.post(faults, json={"kind": kind, "seconds": 0.2})
    assert asked.json() == {"faults": [{"kind": kind, "seconds": 0.2}]}

    if kind == "503":
        assert endpoint.confirm().status_code == 503
    else:
        with pytest.raises(httpx.RemoteProtocolError):
            endpoint.confirm()

    assert endpoint.state()["status"] == "subscribed"
    call = endpoint.actions()[0]
    assert call["rule"] == "rehearsed_fault"
    assert endpoint.http.get(faults).json() == {"faults": []}
    assert endpoint.confirm().json()["status"] == "unsubscribed"
    whole = endpoint.http.get(f"{endpoint.url}/_unsub/calls/{call['id']}").text
    assert ("none: the connection was closed" in whole) == (kind != "503")


def test_faults_can_be_taken_back(endpoint):
    faults = f"{endpoint.url}/_unsub/faults"
    for take_back in (lambda: endpoint.http.delete(faults), endpoint.reset):
        assert (
            len(endpoint.http.post(faults, json={"kind": "503", "times": 3}).json()["faults"]) == 3
        )
        take_back()
        assert endpoint.http.get(faults).json() == {"faults": []}


@pytest.mark.parametrize(
    "body", [{}, {"kind": "fire"}, {"kind": "503", "times": 0}, {"kind": "hang", "seconds": 61}]
)
def test_a_bad_fault_is_told(endpoint, body):
    answer = endpoint.http.post(f"{endpoint.url}/_unsub/faults", json=body)

    assert answer.status_code == 400
    assert answer.json()["error_text"]
