"""The platform fails in every way that it documents, and some that it does not."""

from __future__ import annotations

import threading

import pytest

from akunsub.gateway.relay import Relay
from akunsub.platform.settings_file import load_sample
from tests.conftest import DELAYED, SMID
from tests.waiting import until

LEFT = "unsubscribed"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500, "times": 2},
        {"kind": "status", "status": 503, "times": 3},
        {"kind": "status", "status": 599, "times": 1},
        {"kind": "drop_before", "times": 2},
        {"kind": "drop_after", "times": 1},
        {"kind": "cut", "times": 1},
        {"kind": "hang", "times": 1, "wait_s": 5},
        {"kind": "captive_portal", "times": 1},
        {"kind": "status", "status": 429, "retry_after": "1", "times": 1},
    ],
    ids=str,
)
def test_what_may_pass_is_tried_again_with_the_same_request_id(gateway, fault):
    gateway.lane.arm(**fault)
    gateway.confirm()

    gateway.send_all()

    (row,) = gateway.rows()
    tries = fault["times"] + 1
    assert (row["state"], row["tries"]) == ("delivered", tries)
    assert [one[0] for one in gateway.sent()] == [row["request_id"]] * tries
    assert gateway.platform.state()["status"] == LEFT
    effects = [call for call in gateway.delivered_calls() if call["rule"] == "ok"]
    assert len(effects) == 1


@pytest.mark.parametrize("status", [302, 400, 401, 402, 403, 404, 429])
def test_what_will_not_pass_is_dead_at_once_and_can_be_tried_again(gateway, status):
    gateway.lane.arm(kind="status", status=status)
    gateway.confirm()

    gateway.send_all()

    (row,) = gateway.rows()
    assert (row["state"], row["tries"]) == ("dead", 1)
    assert row["reason"].startswith(str(status))


def test_a_category_that_only_the_gateway_has_is_refused_by_the_platform(gateway):
    with gateway.platform.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM category")
    gateway.confirm(categories="category_1")

    gateway.send_all()

    (row,) = gateway.rows()
    assert row["state"] == "dead"
    assert row["reason"] == (
        "400: field \"categories\" is not valid: category not found in resource: 'category_1'"
    )


def test_after_the_last_try_it_is_given_up(gateway):
    gateway.lane.arm(kind="status", status=503)
    gateway.confirm()

    gateway.send_all()

    (row,) = gateway.rows()
    assert (row["state"], row["tries"]) == ("dead", 4)
    assert row["reason"] == "given up after 4 tries: 503: Service Unavailable"
    assert len(gateway.sent()) == 4


def test_what_waits_for_its_next_try_holds_up_what_came_later_of_its_smid_only(gateway):
    gateway.lane.arm(kind="status", status=503, times=1)
    gateway.confirm(categories="category_1")
    assert gateway.send_due() == 1
    gateway.confirm(categories="category_2")
    gateway.confirm()
    gateway.post("confirm", DELAYED)

    gateway.send_all()

    arrived = [
        (call["smid"] == SMID, call["categories"])
        for call in sorted(gateway.delivered_calls(), key=lambda call: call["id"])
    ]
    assert [what for is_first, what in arrived if is_first] == [
        ["category_1"],
        ["category_2"],
        None,
    ]
    assert (False, None) in arrived


def test_the_token_is_in_no_reason(gateway):
    token = load_sample().api.token
    gateway.lane.arm(kind="down")
    gateway.confirm()
    gateway.send_due()

    (row,) = gateway.rows()
    assert row["state"] == "waiting"
    assert token not in row["reason"]
    assert row["reason"].startswith("cannot be reached: ConnectError")


def test_a_fault_of_our_own_does_not_end_the_relay(gateway):
    """Nobody would notice: the endpoint goes on answering."""
    asked = []

    class Broken:
        def send(self, delivery):
            asked.append(delivery.smid)
            raise RuntimeError("nobody expects this")

    relay = Relay(gateway.store, Broken(), gateway.store.settings.upstream, production=False)
    stopped = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stopped,))
    thread.start()
    gateway.confirm()
    until(lambda: asked)
    gateway.post("confirm", DELAYED)
    until(lambda: len(asked) > 1)
    stopped.set()
    thread.join()

    assert asked == [SMID, DELAYED["smid"]]
    assert {row["state"] for row in gateway.rows()} == {"waiting"}
