"""What people do reaches the platform: what, when, and only that."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import SQLAlchemyError

from akunsub.gateway import relay
from akunsub.gateway.running import open_relay
from akunsub.platform import outbox
from tests.conftest import DELAYED, INSTANT, SCRIPT_ID, SMID, UNSUBSCRIBED, result
from tests.gateway.messages import add_message

CATEGORIES = ["cat_to_unsub", "category_1"]
NOBODY = "fOnlyThePlatformKnowsThisOne0000000000009"


def test_a_confirm_is_answered_then_delivered_with_the_tokens_that_no_page_has(gateway):
    answer = result(gateway.confirm())
    assert answer == {"error": 0, "error_text": "Successful operation"} | UNSUBSCRIBED
    assert gateway.delivered_calls() == []

    gateway.send_all()

    assert gateway.platform.state()["status"] == "unsubscribed"
    (row,) = gateway.rows()
    assert (row["state"], row["tries"], row["categories"]) == ("delivered", 1, None)
    assert gateway.sent() == [(row["request_id"], "pass", True)]


def test_categories_are_delivered_as_such(gateway):
    gateway.confirm(categories=CATEGORIES)

    gateway.send_all()

    state = gateway.platform.state()
    assert (state["status"], state["categories"]) == ("subscribed", CATEGORIES)


@pytest.mark.parametrize("path", ["/u/{smid}", "/manage/{smid}"])
def test_the_link_and_the_manager_are_delivered_too(gateway, path):
    url = gateway.url + path.format(smid=INSTANT["smid"])
    if path.startswith("/u"):
        gateway.http.get(url)
    else:
        gateway.http.post(url, data={"do": "unsubscribe"})

    gateway.send_all()

    assert gateway.platform.state(INSTANT["smid"])["status"] == "unsubscribed"


def test_pressed_again_it_is_not_delivered_again(gateway):
    gateway.confirm()
    gateway.confirm()
    gateway.send_all()
    gateway.confirm()
    gateway.send_all()

    assert len(gateway.sent()) == 1


def test_pressed_again_an_hour_later_it_is(gateway):
    """The platform may have subscribed the person again, and nobody told the gateway."""
    gateway.confirm()
    gateway.send_all()
    gateway.clock(advance_seconds=3700)

    gateway.confirm()
    gateway.send_all()

    assert len(gateway.sent()) == 2


def test_what_was_refused_is_tried_again_when_the_person_presses_again(gateway):
    gateway.lane.arm(kind="status", status=403, times=1)
    gateway.confirm()
    gateway.send_all()
    assert [row["state"] for row in gateway.rows()] == ["dead"]

    gateway.confirm()
    gateway.send_all()

    assert [row["state"] for row in gateway.rows()] == ["dead", "delivered"]


def test_what_was_delivered_long_ago_is_forgotten_a_few_at_a_time(gateway, monkeypatch):
    monkeypatch.setattr(relay, "_MOST_FORGOTTEN", 2)
    for number in range(3):
        add_message(gateway.platform, f"{NOBODY}{number}")
        gateway.confirm(smid=f"{NOBODY}{number}")
    gateway.confirm(smid=NOBODY)
    gateway.send_all()
    gateway.clock(advance_seconds=31 * 86400)
    gateway.confirm()

    # One does so as it starts, and goes on as long as there is more.
    with open_relay(gateway.store, gateway.store.settings.upstream, production=False) as another:
        another.step(gateway.pool)
        left = gateway.rows()
        another.step(gateway.pool)

    assert [row["state"] for row in left] == ["delivered", "dead", "delivered"]
    assert [(row["state"], row["smid"]) for row in gateway.rows()] == [
        ("dead", NOBODY),
        ("delivered", SMID),
    ]


def test_what_cannot_be_forgotten_is_not_in_the_way_of_what_is_delivered(gateway, monkeypatch):
    def fail(*_args, **_more):
        raise SQLAlchemyError

    monkeypatch.setattr(outbox, "forget_delivered", fail)
    gateway.confirm()

    with open_relay(gateway.store, gateway.store.settings.upstream, production=False) as another:
        with pytest.raises(SQLAlchemyError):
            another.step(gateway.pool)
        assert another.step(gateway.pool) == 1

    assert gateway.platform.state()["status"] == "unsubscribed"


def test_a_refused_call_delivers_nothing(gateway):
    gateway.post("confirm", {"smid": SMID, "id": SCRIPT_ID, "categories": "nosuch"})
    gateway.post("confirm", {"smid": "no smid", "id": SCRIPT_ID})
    gateway.http.get(f"{gateway.url}/unsub/confirm?smid={SMID}&id={SCRIPT_ID}")

    assert gateway.rows() == []


class TestDelayed:
    """The link starts the timer."""

    @pytest.fixture(autouse=True)
    def _pressed(self, gateway):
        gateway.clock(now="2026-11-23T12:00:00+00:00")
        gateway.http.get(f"{gateway.url}/u/{DELAYED['smid']}")
        assert gateway.state(DELAYED["smid"])["status"] == "pending"
        assert gateway.send_due() == 0

    def test_it_is_delivered_when_the_timer_ends(self, gateway):
        gateway.clock(advance_seconds=1799)
        assert gateway.send_due() == 0

        gateway.clock(advance_seconds=1)
        assert gateway.send_due() == 1

        assert gateway.platform.state(DELAYED["smid"])["status"] == "unsubscribed"

    def test_a_cancel_in_time_delivers_nothing(self, gateway):
        assert gateway.post("cancel", DELAYED).json()["status"] == "subscribed"

        gateway.clock(advance_seconds=7200)

        assert gateway.send_due() == 0
        assert gateway.rows() == []

    def test_a_confirm_delivers_at_once_and_once(self, gateway):
        gateway.post("confirm", DELAYED)
        assert gateway.send_due() == 1

        gateway.clock(advance_seconds=7200)
        assert gateway.send_due() == 0

    def test_a_cancel_takes_back_a_confirm_that_was_not_sent(self, gateway):
        gateway.post("confirm", DELAYED)

        assert gateway.post("cancel", DELAYED).json()["status"] == "subscribed"

        assert gateway.rows() == []

    def test_a_cancel_after_it_was_delivered_is_too_late(self, gateway):
        gateway.post("confirm", DELAYED)
        gateway.send_due()

        answer = gateway.post("cancel", DELAYED)

        assert answer.status_code == 410
        assert answer.json()["code"] == "too_late"
        assert gateway.state(DELAYED["smid"])["status"] == "unsubscribed"

    @pytest.mark.parametrize(
        ("fault", "status"),
        [
            # Nobody knows whether it arrived.
            ({"kind": "drop_after", "times": 1}, 410),
            ({"kind": "status", "status": 500, "times": 1}, 410),
            # It surely has not.
            ({"kind": "down"}, 200),
        ],
        ids=["answer lost", "500", "not connected"],
    )
    def test_a_cancel_after_a_try_depends_on_what_may_have_arrived(self, gateway, fault, status):
        gateway.lane.arm(**fault)
        gateway.post("confirm", DELAYED)
        assert gateway.send_due() == 1

        assert gateway.post("cancel", DELAYED).status_code == status

        assert len(gateway.rows("waiting")) == (status == 410)

    def test_a_cancel_is_too_late_after_a_relay_was_ended_on_the_way(self, gateway):
        """It may have sent it; that the next one cannot connect says nothing about that."""
        gateway.post("confirm", DELAYED)
        now = datetime.fromisoformat(gateway.clock()["now"])
        with gateway.store.write() as connection:
            (claimed,) = outbox.claim(connection, now, limit=1, lease=timedelta(seconds=-1))
        gateway.lane.arm(kind="down")
        assert gateway.send_due() == 1

        assert gateway.post("cancel", DELAYED).status_code == 410
        assert [row["id"] for row in gateway.rows("waiting")] == [claimed.id]

    def test_categories_stop_the_timer_and_are_delivered_instead(self, gateway):
        name = "morning"
        assert gateway.post("confirm", DELAYED | {"categories": name}).status_code == 200
        gateway.clock(advance_seconds=7200)
        gateway.send_all()

        state = gateway.platform.state(DELAYED["smid"])
        assert (state["status"], state["categories"]) == ("subscribed", [name])


class TestUnknown:
    """A smid that only the platform knows."""

    def test_it_is_believed_and_the_platform_says_whose_it_is(self, gateway):
        add_message(gateway.platform, NOBODY)
        first = gateway.http.get(
            f"{gateway.url}/unsub/state", params={"smid": NOBODY, "id": SCRIPT_ID}
        )
        assert first.json()["status"] == "subscribed"

        answer = gateway.confirm(smid=NOBODY).json()
        assert (answer["error"], answer["status"], answer["profile_id"]) == (0, "unsubscribed", "")
        gateway.send_all()

        assert gateway.platform.state(NOBODY)["status"] == "unsubscribed"
        assert gateway.state(NOBODY)["profile_id"] == "abc123abc123abc123abc123"

    def test_it_is_dead_when_the_platform_does_not_know_it_either(self, gateway):
        gateway.confirm(smid=NOBODY)

        gateway.send_all()

        (row,) = gateway.rows()
        assert (row["state"], row["reason"]) == ("dead", "404: smid is unknown")

    def test_looking_at_it_stores_nothing(self, gateway):
        gateway.http.get(f"{gateway.url}/unsub/state", params={"smid": NOBODY, "id": SCRIPT_ID})

        assert all(one["address"] != NOBODY for one in gateway.stored()["subscription"])

    def test_without_a_resource_nothing_is_believed(self, gateway):
        assert gateway.post("confirm", {"smid": NOBODY}).json()["code"] == "unknown_smid"
