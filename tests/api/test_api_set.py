"""subscriptions/set: adding and editing a subscription."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from akunsub.platform import tables
from tests.api.conftest import CHANNELS, JOHN, of

OK = {"error": 0, "error_text": "Successful operation"}


@pytest.mark.parametrize("channel", CHANNELS)
def test_set_adds_a_subscription(api, channel):
    answer = api.call("subscriptions/set", of(channel, 3))

    assert list(answer.json().items()) == list(OK.items())
    assert api.details(of(channel, 3))["status"] == "subscribed"


@pytest.mark.parametrize(("given", "status"), [("suspended", "suspended"), (1, "unsubscribed")])
def test_set_takes_a_status_as_word_or_number(api, given, status):
    api.call("subscriptions/set", JOHN | {"status": given})

    assert api.details()["status"] == status


def test_set_by_xml_takes_a_number_in_text(api):
    api.call_xml(
        "subscriptions/set",
        f"<db_id>1</db_id><profile_id>{JOHN['profile_id']}</profile_id>"
        "<resource_id>73</resource_id><channel>email</channel><email>john@example.com</email>"
        "<status>5</status><priority>2</priority><skip_triggers>true</skip_triggers>"
        "<custom_fields><city>Berlin</city></custom_fields>"
        "<cats><name>category_1</name><active>false</active></cats>",
    )

    assert api.details() == {
        "channel": "email",
        "priority": 2,
        "resource_id": 73,
        "status": "suspended",
        "email": "john@example.com",
        "custom_fields": {"city": "Berlin"},
        "cats": ["cat_to_unsub", "category_2", "orders"],
    }


def test_set_changes_only_what_it_is_given(api):
    api.call("subscriptions/set", JOHN | {"priority": 4, "custom_fields": {"a": 1, "b": "x"}})
    api.call("subscriptions/set", JOHN | {"status": "complained"})
    api.call("subscriptions/set", JOHN | {"custom_fields": {"a": None, "c": 1.5}})

    told = api.details()
    assert (told["priority"], told["status"]) == (4, "complained")
    assert told["custom_fields"] == {"b": "x", "c": 1.5}


def test_set_to_a_status_ends_a_timer(api):
    api.http.post(f"{api.url}/_unsub/clock", json={"now": "2026-11-23T12:00:00Z"})
    api.change(timer_ends_at=datetime(2026, 11, 23, 12, 1, tzinfo=UTC))
    api.call("subscriptions/set", JOHN | {"status": "subscribed"})
    api.advance(120)

    assert api.details()["status"] == "subscribed"


def test_set_with_names_leaves_the_others(api):
    answer = api.call("subscriptions/set", JOHN | {"cats": ["category_1"]})

    assert api.details()["cats"] == ["category_1", "orders"]
    assert answer.headers["x-unsub-verdict"].endswith(
        "warning=\"category 'orders' is locked: it stays subscribed\""
    )


def test_set_with_what_get_told_changes_nothing(api):
    api.call("subscriptions/set", JOHN | {"cats": ["category_2", "orders"]})
    before = api.details()

    told = api.call("subscriptions/set", JOHN | {"cats": before["cats"]})

    assert api.details() == before
    assert "warning" not in told.headers["x-unsub-verdict"]


def test_set_with_objects_changes_only_those(api):
    choices = [{"name": "category_1", "active": False}, {"name": "orders", "active": True}]
    api.call("subscriptions/set", JOHN | {"cats": choices})

    assert api.details()["cats"] == ["cat_to_unsub", "category_2", "orders"]


def test_set_cannot_leave_a_locked_category(api):
    answer = api.call("subscriptions/set", JOHN | {"cats": [{"name": "orders", "active": False}]})

    assert (answer.status_code, answer.json()["code"]) == (403, "locked_category")


def test_set_warns_of_what_is_accepted_and_not_kept(api):
    answer = api.call(
        "subscriptions/set",
        JOHN | {"date": "2026-11-23", "ip": "203.0.113.5", "url": "https://shop.example/"},
    )

    assert answer.headers["x-unsub-verdict"].endswith(
        'warning="accepted, and not kept: date, ip, url"'
    )


@pytest.mark.parametrize(("skip", "event"), [(False, "unsubscribed"), (True, None)])
def test_set_registers_the_event_unless_triggers_are_skipped(api, skip, event):
    api.call("subscriptions/set", JOHN | {"status": "unsubscribed", "skip_triggers": skip})

    assert api.ledger()[-1]["event"] == event


def test_set_does_not_bring_a_deleted_subscription_back(api):
    api.call("subscriptions/delete", JOHN)

    answer = api.call("subscriptions/set", JOHN | {"status": "subscribed"})

    assert (answer.status_code, answer.json()["code"]) == (404, "deleted_subscription")


def test_set_needs_a_resource_for_that_database(api):
    with api.store.write() as connection:
        facts = {
            "account_id": 1,
            "resource_id": 77,
            "title": "t",
            "rtoken": "t77",
            "mode": "confirm",
        }
        connection.execute(insert(tables.resource).values(**facts, db_ids=[2]))

    answer = api.call("subscriptions/set", JOHN | {"resource_id": 77})

    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_database")
