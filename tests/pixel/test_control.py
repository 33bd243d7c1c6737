"""/_unsub/*"""

import threading
import time

import pytest

from tests.conftest import PROFILE_ID, SMID


def test_health(endpoint):
    assert endpoint.http.get(f"{endpoint.url}/_unsub/health").json() == {
        "status": "ok",
        "messages": 10,
    }


def test_messages_lists_the_smids_that_can_be_used(endpoint):
    messages = endpoint.http.get(f"{endpoint.url}/_unsub/messages").json()["messages"]

    assert messages[1] == {
        "smid": SMID,
        "account_id": 1,
        "resource_id": 73,
        "db_id": 1,
        "channel": "email",
        "address": "john@example.com",
        "profile_id": PROFILE_ID,
    }
    assert len(messages) == 10


def test_reset_goes_back_to_the_configured_state(endpoint):
    endpoint.confirm()

    endpoint.reset()

    assert endpoint.calls() == []
    assert endpoint.state()["status"] == "subscribed"


def test_reset_by_a_link_does_nothing(endpoint):
    endpoint.confirm()

    assert endpoint.http.get(f"{endpoint.url}/_unsub/reset").status_code == 405
    assert endpoint.state()["status"] == "unsubscribed"


def test_calls_can_be_narrowed(endpoint):
    endpoint.confirm()
    endpoint.confirm(smid="fNobody")
    endpoint.confirm()

    first, second, third = (call["id"] for call in endpoint.calls())
    assert [call["id"] for call in endpoint.calls(since=first)] == [second, third]
    assert [call["id"] for call in endpoint.calls(verdict="bad")] == [second]
    assert [call["id"] for call in endpoint.calls(smid="fNobody")] == [second]
    assert [call["id"] for call in endpoint.calls(smid=SMID, verdict="good", limit=1)] == [first]


def test_an_id_does_not_come_back_after_a_reset(endpoint):
    endpoint.confirm()
    (before,) = endpoint.calls()

    endpoint.reset()
    endpoint.confirm()

    (after,) = endpoint.calls()
    assert after["id"] > before["id"]


def test_wait_returns_as_soon_as_the_call_is_there(endpoint):
    found = []
    waiter = threading.Thread(
        target=lambda: found.extend(endpoint.calls(wait=30, verdict="good", smid=SMID))
    )
    started = time.monotonic()
    waiter.start()
    endpoint.confirm(smid="fNobody")
    endpoint.confirm()
    waiter.join(timeout=20)

    assert [call["reason"] for call in found] == ["ok"]
    assert time.monotonic() - started < 20


def test_wait_ends_with_nothing_when_nothing_comes(endpoint):
    assert endpoint.calls(wait=0.1) == []


def test_many_waiters_do_not_keep_a_person_out(endpoint):
    """Waiting holds a thread: more waiters than threads must not stop a confirm."""
    waiters = [threading.Thread(target=endpoint.calls, kwargs={"wait": 20}) for _ in range(24)]
    for waiter in waiters:
        waiter.start()

    answer = endpoint.confirm()

    assert answer.status_code == 200
    for waiter in waiters:
        waiter.join(timeout=20)
        assert not waiter.is_alive()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"since": "x"}, "since is a number from 0"),
        ({"since": "-1"}, "since is a number from 0"),
        ({"since": "nan"}, "since is a number from 0"),
        ({"wait": "61"}, "wait is a number from 0 to 60"),
        ({"since": "9" * 5000}, "since is a number from 0"),
        ({"limit": "1001"}, "limit is a number from 0 to 1000"),
        ({"verdict": "ugly"}, "verdict is good or bad"),
    ],
)
def test_a_bad_query_is_told(endpoint, query, told):
    answer = endpoint.http.get(f"{endpoint.url}/_unsub/calls", params=query)

    assert answer.status_code == 400
    assert told in answer.json()["error_text"]


def test_an_unknown_page_is_not_found(endpoint):
    assert endpoint.http.get(f"{endpoint.url}/nosuch/page").json()["error"] == 404
