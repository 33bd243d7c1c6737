"""Repeated requests: the same Request-ID gets the original answer for a day."""

import base64
import hashlib
import threading

import pytest

from tests.api.conftest import JOHN, TOKEN

SET = "subscriptions/set"


@pytest.mark.parametrize("header", ["Request-ID", "X-Request-ID"])
def test_a_repeated_request_gets_the_original_answer(api, header):
    first = api.call(SET, JOHN | {"format": "xml"}, headers={header: "r1"})
    again = api.call(SET, JOHN | {"format": "xml"}, headers={header: "r1"})

    assert "duplicate-request" not in first.headers
    assert (again.content, again.status_code) == (first.content, 200)
    assert again.headers["content-type"] == first.headers["content-type"] == "application/xml"
    assert again.headers["duplicate-request"] == "true"
    key = base64.b64decode(again.headers["duplicate-key"])
    assert key == hashlib.sha1(f"{TOKEN}\nr1".encode(), usedforsecurity=False).digest()
    assert again.headers["x-unsub-verdict"] == "good; rule=duplicate"


def test_a_repeated_request_is_not_carried_out_again(api):
    headers = {"Request-ID": "r1"}
    api.call("subscriptions/delete", JOHN, headers=headers)
    api.call("subscriptions/undelete", JOHN)

    api.call("subscriptions/delete", JOHN, headers=headers)

    assert api.details()["channel"] == "email"


def test_a_repeated_suspend_all_tells_the_first_number_and_touches_nothing(api):
    headers = {"Request-ID": "r1"}
    first = api.call("subscriptions/suspend_all", {"db_id": 1}, headers=headers)
    api.call("subscriptions/unsuspend_all", {"db_id": 1})

    again = api.call("subscriptions/suspend_all", {"db_id": 1}, headers=headers)

    assert again.content == first.content
    assert again.headers["duplicate-request"] == "true"
    assert api.details()["status"] == "subscribed"


def test_two_at_once_with_one_id_are_one_run(api):
    api.add(20_000)
    answers = []

    def suspend():
        headers = {"Request-ID": "r1"}
        answers.append(api.call("subscriptions/suspend_all", {"db_id": 1}, headers=headers))

    threads = [threading.Thread(target=suspend) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert answers[0].content == answers[1].content
    assert sorted("duplicate-request" in one.headers for one in answers) == [False, True]


@pytest.mark.parametrize("fields", [JOHN | {"priority": 9}, {"nonsense": 1}])
def test_a_reused_id_gets_the_original_answer_and_a_warning(api, fields):
    first = api.call(SET, JOHN, headers={"Request-ID": "r1"})

    again = api.call(SET, fields, headers={"Request-ID": "r1"})

    assert (again.status_code, again.content) == (200, first.content)
    assert api.ledger()[-1]["warnings"] == [
        "Request-ID was used for another request: this one was not carried out"
    ]
    assert api.details()["priority"] == 0


def test_a_refusal_is_not_kept(api):
    headers = {"Request-ID": "r1"}
    refused = api.call(SET, JOHN | {"status": "gone"}, headers=headers)

    mended = api.call(SET, JOHN | {"status": "suspended"}, headers=headers)

    assert (refused.status_code, mended.status_code) == (400, 200)
    assert "duplicate-request" not in mended.headers


def test_after_a_day_the_request_is_a_new_one(api):
    headers = {"Request-ID": "r1"}
    api.call(SET, JOHN, headers=headers)
    api.advance(24 * 3600 - 60)
    within = api.call(SET, JOHN, headers=headers)
    api.advance(61)
    after = api.call(SET, JOHN, headers=headers)

    assert ("duplicate-request" in within.headers, "duplicate-request" in after.headers) == (
        True,
        False,
    )


def test_the_sdks_request_ids_are_others(api):
    key = base64.b64encode(
        hashlib.sha1(f"{TOKEN}\nr1".encode(), usedforsecurity=False).digest()
    ).decode()
    body = {"smid": "fGmXiWU9Y4NSIpCwl4QG6QXAAAQE", "id": "MXw3Mw==", "request_id": key}
    api.http.post(f"{api.url}/unsub/confirm", data=body).raise_for_status()

    answer = api.call(SET, JOHN, headers={"Request-ID": "r1"})

    assert (answer.status_code, "duplicate-request" in answer.headers) == (200, False)


def test_a_wrong_token_does_not_get_somebody_elses_answer(api):
    api.call(SET, JOHN, headers={"Request-ID": "r1"})

    answer = api.call(SET, JOHN | {"token": "wrong"}, headers={"Request-ID": "r1"})

    assert answer.status_code == 403
