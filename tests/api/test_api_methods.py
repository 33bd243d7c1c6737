"""What each method of the server APIs does, and what it answers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from akunsub.platform import tables
from tests.api.conftest import JOHN, TOKEN
from tests.conftest import SCRIPT_ID, SMID

OK = {"error": 0, "error_text": "Successful operation"}
RTOKEN = "2fHLS9YR9daS-a90b371eecc2952f"
UNSUB = {"rtoken": RTOKEN, "smid": SMID}
MARY = "658997338e8f4032d92fd570"
CHANNELS = {
    "email": {"email": "ann@example.com"},
    "push": {"provider": "Firefox", "subscription_id": "s1"},
    "sms": {"phone": "+79000000001"},
    "telegram_bot": {"cc_data": {"id": -5}},
    "whatsapp": {"cc_data": {"phone": "+79000000002"}},
}
CHANNELS_IN_XML = {
    "email": "<email>ann@example.com</email>",
    "push": "<provider>Firefox</provider><subscription_id>s1</subscription_id>",
    "sms": "<phone>+79000000001</phone>",
    "telegram_bot": "<cc_data><id>-5</id></cc_data>",
    "whatsapp": "<cc_data><phone>+79000000002</phone></cc_data>",
}
EACH_CHANNEL = pytest.mark.parametrize("channel", CHANNELS)


def of(channel, resource_id=73):
    base = {"db_id": 1, "profile_id": MARY, "resource_id": resource_id, "channel": channel}
    return base | CHANNELS[channel]


# profiles/message_unsub


def test_message_unsub_leaves_the_resource_and_answers_the_profile_last(api):
    answer = api.call("profiles/message_unsub", UNSUB)

    assert list(answer.json().items()) == [*OK.items(), ("profile_id", JOHN["profile_id"])]
    assert api.details()["status"] == "unsubscribed"


def test_message_unsub_with_categories_leaves_only_those(api):
    api.call("profiles/message_unsub", UNSUB | {"categories": ["category_1", "cat_to_unsub"]})

    assert (api.details()["status"], api.details()["cats"]) == (
        "subscribed",
        ["category_2", "orders"],
    )


def test_message_unsub_takes_repeated_elements_for_an_array(api):
    api.call_xml(
        "profiles/message_unsub",
        f"<rtoken>{RTOKEN}</rtoken><smid>{SMID}</smid>"
        "<categories>category_1</categories><categories>category_2</categories>",
    )

    assert api.details()["cats"] == ["cat_to_unsub", "orders"]


def test_message_unsub_is_refused_where_nobody_can_leave(api):
    answer = api.call(
        "profiles/message_unsub",
        {
            "rtoken": "33333333333-a788f33d057dcde4",
            "smid": "fSamplePreventedJohn0000000000000000006",
        },
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "prevented")


def test_message_unsub_again_is_a_success_that_changes_nothing(api):
    api.call("profiles/message_unsub", UNSUB)
    before = api.rows()

    answer = api.call("profiles/message_unsub", UNSUB)

    assert answer.json()["error"] == 0
    assert answer.headers["x-unsub-verdict"] == "good; rule=already"
    # The time of the wish is the newest; nothing else moves.
    status = tables.subscription.c.keys().index("status")
    assert [row[status] for row in api.rows()[:11]] == [row[status] for row in before[:11]]


def test_message_unsub_and_a_page_see_the_same_subscription(api):
    api.call("profiles/message_unsub", UNSUB)

    state = api.http.get(f"{api.url}/unsub/state", params={"smid": SMID}).json()
    confirm = api.http.post(f"{api.url}/unsub/confirm", data={"smid": SMID, "id": SCRIPT_ID})

    assert (state["status"], confirm.json()["already"]) == ("unsubscribed", True)


# subscriptions/delete, undelete


@EACH_CHANNEL
def test_delete_and_undelete_go_back_and_forth(api, channel):
    api.call("subscriptions/set", of(channel))
    answers = []
    for method in ("delete", "delete", "undelete", "undelete"):
        answer = api.call(f"subscriptions/{method}", of(channel))
        found = api.call("subscriptions/get", of(channel)).json().get("code", "there")
        answers.append((list(answer.json().items()), answer.headers["x-unsub-verdict"], found))

    told = [("data", None), *OK.items()]
    assert answers == [
        (told, "good; rule=ok", "deleted_subscription"),
        (told, "good; rule=already", "deleted_subscription"),
        (told, "good; rule=ok", "there"),
        (told, "good; rule=already", "there"),
    ]


def test_delete_keeps_the_row_and_changes_nothing_else_in_it(api):
    before = api.rows()

    api.call("subscriptions/delete", JOHN)

    flag = tables.subscription.c.keys().index("is_delete")
    changed = [(old, new) for old, new in zip(before, api.rows(), strict=True) if old != new]
    assert len(changed) == 1
    old, new = changed[0]
    assert (old[flag], new[flag]) == (False, True)
    assert old[:flag] + old[flag + 1 :] == new[:flag] + new[flag + 1 :]


# subscriptions/get, list


@EACH_CHANNEL
def test_get_answers_the_documented_fields_in_their_order(api, channel):
    api.call("subscriptions/set", of(channel) | {"custom_fields": {"age": 5}, "priority": 3})

    answer = api.call("subscriptions/get", of(channel)).json()

    address = {name: value for name, value in CHANNELS[channel].items() if name != "provider"}
    expected = {
        "channel": channel,
        "priority": 3,
        **({"provider": "Firefox"} if channel == "push" else {}),
        "resource_id": 73,
        "status": "subscribed",
        **address,
        "custom_fields": {"age": 5},
        "cats": ["cat_to_unsub", "category_1", "category_2", "orders"],
    }
    assert list(answer.items()) == [("data", expected), *OK.items()]
    assert list(answer["data"]) == list(expected)


@EACH_CHANNEL
def test_get_in_xml_is_one_element_on_each_line(api, channel):
    api.call("subscriptions/set", of(channel) | {"cats": ["orders", "category_1"]})

    answer = api.call_xml(
        "subscriptions/get",
        f"<db_id>1</db_id><profile_id>{MARY}</profile_id><resource_id>73</resource_id>"
        f"<channel>{channel}</channel>{CHANNELS_IN_XML[channel]}",
    )

    elements = CHANNELS_IN_XML[channel].replace("><", ">\n<").splitlines()
    provider = [one for one in elements if "provider" in one]
    assert answer.text.splitlines() == [
        *("<xml>", "<data>", f"<channel>{channel}</channel>", "<priority>0</priority>"),
        *(*provider, "<resource_id>73</resource_id>", "<status>subscribed</status>"),
        *(one for one in elements if one not in provider),
        *("<custom_fields></custom_fields>", "<cats>category_1</cats>", "<cats>orders</cats>"),
        *("</data>", "<error>0</error>", "<error_text>Successful operation</error_text>", "</xml>"),
    ]


def test_get_tells_the_status_as_it_is_now(api):
    api.http.post(f"{api.url}/_unsub/clock", json={"now": "2026-11-23T12:00:00Z"})
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    api.change(timer_ends_at=now + timedelta(seconds=60))
    running = api.details()["status"]
    api.advance(60)
    over = api.details()["status"]

    assert (running, over) == ("subscribed", "unsubscribed")


def test_list_answers_an_array_of_what_is_not_deleted(api):
    profile = {"db_id": 1, "profile_id": JOHN["profile_id"]}
    api.call("subscriptions/delete", JOHN)

    answer = api.call("subscriptions/list", profile).json()

    assert [one["resource_id"] for one in answer["data"]] == [3, 74, 75, 76]
    assert answer["data"][0] == {
        "resource_id": 3,
        "channel": "email",
        "email": "john@example.com",
        "priority": 0,
        "status": "subscribed",
        "custom_fields": {},
    }
    assert list(answer["data"][0])[:3] == ["resource_id", "channel", "email"]


def test_list_in_xml_has_one_data_element_for_each(api):
    answer = api.call_xml(
        "subscriptions/list",
        f"<db_id>1</db_id><profile_id>{JOHN['profile_id']}</profile_id>",
    )

    assert (answer.text.count("<data>"), answer.text.count("</data>")) == (5, 5)


# subscriptions/set


@EACH_CHANNEL
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


# Whose it is


def test_another_accounts_messages_and_resources_are_unknown(api):
    api.change(account_id=2)
    with api.store.write() as connection:
        connection.execute(tables.resource.update().values(account_id=2))
        connection.execute(tables.category.update().values(account_id=2))

    unsub = api.call("profiles/message_unsub", UNSUB)
    get = api.call("subscriptions/get", JOHN)

    assert (unsub.json()["code"], get.json()["code"]) == ("unknown_smid", "unknown_database")


def test_the_ledger_names_the_method_the_smid_and_the_categories(api):
    api.call("profiles/message_unsub", UNSUB | {"categories": ["category_1"]})

    call = api.ledger()[-1]
    names = ("action", "smid", "categories", "resource_id", "verdict", "rule")
    assert [call[name] for name in names] == [
        "profiles/message_unsub",
        SMID,
        ["category_1"],
        73,
        "good",
        "ok",
    ]


@pytest.mark.parametrize(
    "send",
    [
        lambda api: api.call("subscriptions/get", JOHN),
        lambda api: api.call_xml("subscriptions/get", ""),
        lambda api: api.send("subscriptions/get", "{}", query=f"?token={TOKEN}"),
        lambda api: api.send(
            "subscriptions/get", "{}", headers={"authorization": f"Bearer {TOKEN}"}
        ),
        lambda api: api.send("subscriptions/get", '{"token": "a wrong one, of another server'),
    ],
    ids=["json", "xml", "query", "header", "not JSON"],
)
def test_the_ledger_does_not_show_the_api_token(api, send):
    send(api)

    request = str(api.ledger()[-1]["request"])
    assert (TOKEN in request, "of another server" in request) == (False, False)
    assert "(the API token)" in request
