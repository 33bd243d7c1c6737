"""``akunsub relay`` as a program: killed, and several at a time."""

from __future__ import annotations

import signal
from contextlib import ExitStack

import pytest

from tests.conftest import SMID
from tests.gateway.conftest import TOKEN
from tests.gateway.messages import add_message
from tests.test_cli import started
from tests.waiting import until

MANY = [f"fRelayed{number:032d}" for number in range(40)]


@pytest.fixture
def relay(gateway, gateway_database, tmp_path):
    """Starts one."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    with ExitStack() as running:

        def start(timeout_s=10):
            (tmp_path / "akunsub.toml").write_text(
                f'[upstream]\nurl = "{gateway.lane.url}"\ntoken_file = "token"\n'
                f"timeout_seconds = {timeout_s}\nfirst_retry_seconds = 0.05\n"
            )
            process, _ = running.enter_context(
                started("relay", "--db", gateway_database, cwd=tmp_path)
            )
            return process

        yield start


def is_all_delivered(gateway):
    return gateway.rows() and {row["state"] for row in gateway.rows()} == {"delivered"}


def test_what_a_killed_relay_had_in_hand_is_delivered_by_another_in_effect_once(gateway, relay):
    gateway.lane.arm(kind="hold")
    gateway.confirm()
    # Its claim ends soon after that.
    killed = relay(timeout_s=0.5)
    gateway.lane.wait(lambda lane: lane.requests)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    # It gets there nevertheless.
    gateway.lane.release()
    until(gateway.delivered_calls)

    relay()
    until(lambda: is_all_delivered(gateway))

    assert gateway.platform.state()["status"] == "unsubscribed"
    assert [call["rule"] for call in gateway.delivered_calls()].count("ok") == 1
    (row,) = gateway.rows()
    assert {request_id for request_id, *_ in gateway.sent()} == {row["request_id"]}


def test_several_relays_send_each_row_once(gateway, relay):
    gateway.lane.arm(delay_ms=10)
    for smid in MANY:
        add_message(gateway.platform, smid)
    for smid in MANY:
        gateway.confirm(smid=smid)

    for _ in range(3):
        relay()
    until(lambda: is_all_delivered(gateway))

    sent = [request_id for request_id, *_ in gateway.sent()]
    assert len(sent) == len(set(sent)) == len(MANY)
    assert {call["smid"] for call in gateway.delivered_calls()} == set(MANY)


def test_a_stop_ends_what_is_under_way(gateway, relay):
    gateway.lane.arm(kind="hold", wait_s=0.3)
    gateway.confirm()
    process = relay()
    gateway.lane.wait(lambda lane: lane.requests)

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=20) == 0
    assert [row["state"] for row in gateway.rows()] == ["delivered"]
    assert gateway.platform.state(SMID)["status"] == "unsubscribed"
