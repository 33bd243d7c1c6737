from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from akunsub.errors import CallRefusedError, StoreUnavailableError
from akunsub.platform import deduplication, subscriptions, tables
from akunsub.platform.deduplication import FirstAnswer
from akunsub.platform.intents import Intent
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from akunsub.platform.unsubscribe import apply
from tests.conftest import SCRIPT_ID, SMID

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONFIRM = Intent(action="confirm", smid=SMID, script_id=SCRIPT_ID, request_id="r1")


def status_of(store, smid=SMID):
    with store.read() as connection:
        found = subscriptions.find_subscription(connection, smid, NOW)
    return found.state.status if found else None


def confirm(store):
    with store.write() as connection:
        apply(connection, CONFIRM, NOW)


def test_what_people_did_is_there_after_a_restart(store, database):
    confirm(store)
    store.close()

    again = Store(database, load_sample())

    assert status_of(again) == "unsubscribed"
    again.close()


def test_reset_goes_back_to_the_configured_state(store):
    confirm(store)

    store.reset()

    assert status_of(store) == "subscribed"


def test_a_failed_transaction_changes_nothing(store):
    def fail():
        with store.write() as connection:
            apply(connection, CONFIRM, NOW)
            raise RuntimeError("the answer could not be made")

    with pytest.raises(RuntimeError):
        fail()

    assert status_of(store) == "subscribed"


def test_a_message_of_a_removed_resource_is_unknown(store, database):
    sample = load_sample()
    fewer = sample.model_copy(update={"resources": sample.resources[1:2], "messages": ()})
    store.close()

    again = Store(database, fewer)

    with again.write() as connection, pytest.raises(CallRefusedError, match="not configured"):
        apply(connection, Intent("confirm", smid=SMID, rtoken=fewer.resources[0].rtoken), NOW)
    again.close()


def test_two_messages_to_one_subscription_are_one_subscription(store):
    with store.read() as connection:
        addresses = connection.scalars(select(tables.subscription.c.address)).all()

    assert Counter(addresses) == {
        "+79000000000": 1,
        "abcdefghijklmnqrstuvwxyz": 2,
        "john@example.com": 5,
        "mary@example.com": 1,
    }


def test_times_come_back_in_utc(store):
    confirm(store)

    with store.read() as connection:
        at = connection.scalar(
            select(tables.subscription.c.unsubscribed_at).where(
                tables.subscription.c.status == "unsubscribed"
            )
        )
    assert at == NOW
    assert at.tzinfo is UTC


@pytest.mark.parametrize(
    ("database", "problem"),
    [
        ("sqlite://", "it must be a file"),
        ("sqlite:///:memory:", "it must be a file"),
        ("nosuch://x", "not a file or a database URL"),
        ("/nosuch/folder/x.db", "unable to open database file"),
    ],
)
def test_a_database_that_cannot_be_used_is_named(database, problem):
    with pytest.raises(StoreUnavailableError, match=problem):
        Store(database, load_sample())


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes, " * 100)

    with pytest.raises(StoreUnavailableError, match="file is not a database"):
        Store(path, load_sample())

    assert path.read_text() == "my notes, " * 100


FIRST = FirstAnswer("confirm", {"error": 0, "status": "unsubscribed"})


class TestDeduplication:
    def test_the_first_answer_is_given_again_for_24_hours(self, store):
        with store.write() as connection:
            deduplication.keep_answer(connection, "r1", FIRST, NOW)

        with store.write() as connection:
            found = [
                deduplication.find_answer(connection, "r1", NOW + age)
                for age in (timedelta(0), timedelta(hours=23, minutes=59), timedelta(hours=24))
            ]

        assert found == [FIRST, FIRST, None]

    def test_a_key_can_be_used_again_after_24_hours(self, store):
        for day in range(3):
            with store.write() as connection:
                now = NOW + timedelta(days=day)
                assert deduplication.find_answer(connection, "r1", now) is None
                deduplication.keep_answer(connection, "r1", FIRST, now)

    def test_what_is_over_is_forgotten(self, store):
        for day in range(3):
            with store.write() as connection:
                now = NOW + timedelta(days=day)
                deduplication.keep_answer(connection, f"r{day}", FIRST, now)

        with store.read() as connection:
            kept = connection.scalars(select(tables.answered_request.c.request_id)).all()
        assert kept == ["r2"]
