"""What each method of the server APIs does, and what it answers."""

from datetime import UTC, datetime, timedelta

import pytest

from akunsub.platform import tables
from tests.api.conftest import CHANNELS, JOHN, MARY, TOKEN, of
from tests.conftest import SCRIPT_ID, SMID

OK = {"error": 0, "error_text": "Successful operation"}
RTOKEN = "2fHLS9YR9daS-a90b371eecc2952f"
UNSUB = {"rtoken": RTOKEN, "smid": SMID}
CHANNELS_IN_XML = {
    "email": "<email>ann@example.com</email>",
    "push": "<provider>Firefox</provider><subscription_id>s1</subscription_id>",
    "sms": "<phone>+79000000001</phone>",
    "telegram_bot": "<cc_data><id>-5</id></cc_data>",
    "whatsapp": "<cc_data><phone>+79000000002</phone></cc_data>",
}
EACH_CHANNEL = pytest.mark.parametrize("channel", CHANNELS)


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
        lambda api: api.send("subscriptions/get", f"token={TOKEN}"),
        lambda api: api.send("subscriptions/get", "{}", query=f"?%74oken={TOKEN}"),
        lambda api: api.send("subscriptions/get", f"{' ' * 4086}{TOKEN}"),
        lambda api: api.call_xml(
            "x", "<token >another</token><token><![CDATA[of another server]]>"
        ),
        lambda api: api.http.get(f"{api.url}/u/x", headers={"authorization": f"Bearer {TOKEN}"}),
    ],
    ids=[
        *("json", "xml", "query", "header", "not JSON", "form", "query, encoded", "at the end"),
        *("xml, spaces and CDATA", "to a page"),
    ],
)
def test_the_ledger_does_not_show_the_api_token(api, send):
    send(api)

    request = str(api.ledger()[-1]["request"])
    assert (TOKEN[:6] in request, "another" in request) == (False, False)
    assert "(the API" in request
