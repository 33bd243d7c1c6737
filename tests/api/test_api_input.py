"""Bad input: a clear refusal with the field's name, nothing changed, never a 500."""

import json

import pytest

from akunsub.platform.settings_file import load_sample
from tests.api.conftest import JOHN, TOKEN, run_api

PUSH = {
    "db_id": 1,
    "profile_id": "658997338e8f4032d92fd570",
    "resource_id": 73,
    "channel": "push",
    "provider": "Firefox",
    "subscription_id": "abcdefghijklmnqrstuvwxyz",
}
TELEGRAM = {**JOHN, "channel": "telegram_bot", "cc_data": {"id": 1}}
TELEGRAM.pop("email")
UNSUB = {
    "rtoken": "2fHLS9YR9daS-a90b371eecc2952f",
    "smid": "fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA",
}
DELETE, GET, SET = "subscriptions/delete", "subscriptions/get", "subscriptions/set"
MESSAGE_UNSUB = "profiles/message_unsub"


def without(fields, name):
    return {key: value for key, value in fields.items() if key != name}


# method, fields of the JSON body (the token is added), error, code, what the text holds
BAD_FIELDS = [
    (GET, without(JOHN, "db_id"), 400, "missing_field", '"db_id"'),
    (GET, without(JOHN, "channel"), 400, "missing_field", '"channel"'),
    (GET, without(JOHN, "email"), 400, "missing_field", '"email"'),
    (DELETE, without(PUSH, "provider"), 400, "missing_field", '"provider"'),
    (DELETE, without(PUSH, "subscription_id"), 400, "missing_field", '"subscription_id"'),
    (DELETE, {**TELEGRAM, "cc_data": {}}, 400, "missing_field", '"cc_data.id"'),
    (MESSAGE_UNSUB, without(UNSUB, "rtoken"), 400, "missing_field", '"rtoken"'),
    (MESSAGE_UNSUB, without(UNSUB, "smid"), 400, "missing_field", '"smid"'),
    (GET, JOHN | {"db_id": "1"}, 400, "bad_field", '"db_id"'),
    (GET, JOHN | {"db_id": 1.0}, 400, "bad_field", '"db_id"'),
    (GET, JOHN | {"db_id": True}, 400, "bad_field", '"db_id"'),
    (GET, JOHN | {"db_id": 10**30}, 400, "bad_field", '"db_id"'),
    (GET, JOHN | {"db_id": None}, 400, "bad_field", '"db_id"'),
    (GET, JOHN | {"email": 5}, 400, "bad_field", '"email"'),
    (GET, JOHN | {"email": ""}, 400, "bad_field", '"email"'),
    (GET, JOHN | {"profile_id": "a b"}, 400, "bad_field", '"profile_id"'),
    (GET, JOHN | {"channel": "emial"}, 400, "bad_field", '"channel"'),
    (GET, JOHN | {"channel": ["email"]}, 400, "bad_field", '"channel"'),
    (GET, {**TELEGRAM, "cc_data": {"id": "1"}}, 400, "bad_field", '"cc_data.id"'),
    (GET, {**TELEGRAM, "cc_data": 1}, 400, "bad_field", '"cc_data"'),
    (GET, JOHN | {"format": "yaml"}, 400, "bad_field", '"format"'),
    (GET, JOHN | {"format": 1}, 400, "bad_field", '"format"'),
    (MESSAGE_UNSUB, UNSUB | {"categories": "category_1"}, 400, "bad_field", '"categories"'),
    (MESSAGE_UNSUB, UNSUB | {"categories": [1]}, 400, "bad_field", '"categories[0]"'),
    (SET, JOHN | {"status": "gone"}, 400, "bad_field", '"status"'),
    (SET, JOHN | {"status": 7}, 400, "bad_field", '"status"'),
    (SET, JOHN | {"status": "1"}, 400, "bad_field", '"status"'),
    (SET, JOHN | {"status": False}, 400, "bad_field", '"status"'),
    (SET, JOHN | {"priority": -1}, 400, "bad_field", '"priority"'),
    (SET, JOHN | {"ip": "1.2.3"}, 400, "bad_field", '"ip"'),
    (SET, JOHN | {"skip_triggers": 1}, 400, "bad_field", '"skip_triggers"'),
    (SET, JOHN | {"custom_fields": {"a b": 1}}, 400, "bad_field", '"custom_fields.a b"'),
    (SET, JOHN | {"custom_fields": {"a": []}}, 400, "bad_field", '"custom_fields.a"'),
    (SET, JOHN | {"custom_fields": {"a": 2**64}}, 400, "bad_field", '"custom_fields.a"'),
    (SET, JOHN | {"cats": ["category_1", "category_1"]}, 400, "bad_field", "'category_1'"),
    (SET, JOHN | {"cats": ["a", {"name": "b", "active": True}]}, 400, "bad_field", '"cats"'),
    (SET, JOHN | {"cats": [{"name": "a"}]}, 400, "missing_field", '"cats[0].active"'),
    (SET, JOHN | {"cats": ["nothing"]}, 400, "unknown_category", '"cats"'),
    (GET, JOHN | {"phone": "+1"}, 400, "unknown_field", '"phone"'),
    (GET, JOHN | {"emial": "x"}, 400, "unknown_field", '"emial"'),
    (GET, {**TELEGRAM, "cc_data": {"id": 1, "x": 1}}, 400, "unknown_field", '"cc_data.x"'),
    (MESSAGE_UNSUB, UNSUB | {"category": ["a"]}, 400, "unknown_field", '"category"'),
    (MESSAGE_UNSUB, UNSUB | {"smid": "a b"}, 400, "bad_smid", "smid"),
    (MESSAGE_UNSUB, UNSUB | {"smid": ""}, 400, "missing_smid", "smid"),
    (MESSAGE_UNSUB, UNSUB | {"smid": "fNobody"}, 404, "unknown_smid", "smid"),
    (MESSAGE_UNSUB, UNSUB | {"rtoken": "nobody's"}, 403, "wrong_rtoken", "rtoken"),
    (
        MESSAGE_UNSUB,
        UNSUB | {"rtoken": "11111111111-85d4f8f552560b04"},
        403,
        "wrong_rtoken",
        "rtoken",
    ),
    (MESSAGE_UNSUB, UNSUB | {"categories": []}, 400, "no_categories", "category"),
    (MESSAGE_UNSUB, UNSUB | {"categories": ["x"]}, 400, "unknown_category", "categories"),
    (MESSAGE_UNSUB, UNSUB | {"categories": ["orders"]}, 403, "locked_category", "orders"),
    (GET, JOHN | {"db_id": 9}, 404, "unknown_database", "database 9"),
    (GET, JOHN | {"resource_id": 9}, 404, "unknown_resource", "resource 9"),
    (GET, JOHN | {"profile_id": "nobody"}, 404, "unknown_profile", "'nobody'"),
    (GET, JOHN | {"email": "no@example.com"}, 404, "unknown_subscription", "'no@example.com'"),
    (GET, PUSH | {"provider": "Safari"}, 400, "wrong_provider", "'Safari'"),
    (SET, PUSH | {"provider": "Safari"}, 400, "wrong_provider", "'Safari'"),
    (SET, JOHN | {"profile_id": "nobody"}, 404, "unknown_profile", "'nobody'"),
    ("subscriptions/list", {"db_id": 9, "profile_id": "x"}, 404, "unknown_database", "9"),
    ("subscriptions/list", {"db_id": 1, "profile_id": "x"}, 404, "unknown_profile", "'x'"),
    ("subscriptions/suspend_all", {"db_id": 9}, 404, "unknown_database", "9"),
    ("subscriptions/suspend_all", {"db_id": 1, "resource_id": 9}, 404, "unknown_resource", "9"),
    ("subscriptions/suspend_all", {"db_id": 1, "channel": 1}, 400, "bad_field", '"channel"'),
    ("subscriptions/suspend_all", {}, 400, "missing_field", '"db_id"'),
    ("subscriptions/unsuspend_all", {"db_id": "1"}, 400, "bad_field", '"db_id"'),
    ("subscriptions/delet", JOHN, 404, "unknown_method", "'subscriptions/delet'"),
]


@pytest.mark.parametrize(("method", "fields", "error", "code", "named"), BAD_FIELDS)
def test_a_bad_field_is_refused_by_name(api, method, fields, error, code, named):
    before = api.rows()

    answer = api.call(method, fields)

    told = answer.json()
    assert (answer.status_code, told["error"], told["code"]) == (error, error, code)
    assert named in told["error_text"]
    assert list(told) == ["error", "error_text", "code", "verdict"]
    assert told["verdict"]["verdict"] == "bad"
    assert api.rows() == before


# Content-Type, body, error, what the text holds
JSON, XML = "application/json", "application/xml"
T = f'"token": "{TOKEN}"'
BAD_BODIES = [
    (JSON, b"", 400, "not JSON"),
    (JSON, b"[]", 400, "must be an object"),
    (JSON, b'"x"', 400, "must be an object"),
    (JSON, b"{", 400, "not JSON"),
    (JSON, b"<xml/>", 400, "not JSON"),
    (JSON, b'{"db_id": 1, "db_id": 1}', 400, "'db_id' is there twice"),
    (JSON, b'{"cc_data": {"id": 1, "id": 2}}', 400, "'id' is there twice"),
    (JSON, b'{"db_id": NaN}', 400, "NaN"),
    (JSON, b'{"db_id": ' + b"1" * 5000 + b"}", 400, "not JSON"),
    (JSON, b'{"a": ' + b"[" * 100_000, 400, "not JSON"),
    (JSON, b'{"a": [' + b"1," * 10_000 + b"1]}", 400, "more than 10,000 parts"),
    (JSON, b'{"a": ' + b"[" * 20 + b"]" * 20 + b"}", 400, "nested"),
    (JSON, b'{"a\\u0000": 1}', 400, "zero character"),
    (JSON, b'{"\\ud800": 1}', 400, "half a character"),
    (JSON, b'{"a": "\xff"}', 400, "not UTF-8"),
    (JSON, '{"db_id": 1}'.encode("utf-16"), 400, "not UTF-8"),
    (JSON, b" " * (1024 * 1024 + 1), 400, "more than 1,048,576 bytes"),
    (XML, b"", 400, "not XML"),
    (XML, b"{}", 400, "not XML"),
    (XML, b"<xml><a></xml>", 400, "not XML"),
    (XML, b"<request/>", 400, "<request>"),
    (XML, b'<xml xmlns="urn:x"/>', 400, "urn:x"),
    (XML, b'<xml a="1"/>', 400, "attributes"),
    (XML, b"<xml>text</xml>", 400, "text"),
    (XML, b"<xml>text<a/></xml>", 400, "both text and elements"),
    (XML, b"<!DOCTYPE xml><xml/>", 400, "document type"),
    (XML, b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>', 400, "document type"),
    (XML, b'<?xml version="1.0" encoding="koi8-r"?><xml/>', 400, "koi8-r"),
    (XML, '<?xml version="1.0" encoding="utf-16"?><xml/>'.encode("utf-16"), 400, "not UTF-8"),
    (XML, b"<xml>" + b"<a>" * 20 + b"</a>" * 20 + b"</xml>", 400, "nested"),
    (XML, b"<xml>\xff</xml>", 400, "not UTF-8"),
    (XML, b"<xml><a>\x00</a></xml>", 400, "not XML"),
    (XML, b"<xml><a>&x;</a></xml>", 400, "not XML"),
    ("application/x-www-form-urlencoded", b"db_id=1", 415, "application/json"),
    ("application/json; charset=koi8-r", b"{}", 415, "UTF-8"),
    ("multipart/form-data", b"", 415, "application/json"),
]


@pytest.mark.parametrize(("content_type", "body", "error", "told"), BAD_BODIES)
def test_a_bad_body_is_refused_in_its_own_format(api, content_type, body, error, told):
    answer = api.send("subscriptions/get", body, content_type=content_type)

    assert answer.status_code == error
    expected = "application/xml" if content_type == XML else "application/json"
    assert answer.headers["content-type"] == expected
    assert told in answer.text.replace("&lt;", "<").replace("&gt;", ">").replace('\\"', '"')


def test_a_near_miss_is_told(api):
    field = api.call(GET, JOHN | {"emial": "x"}).json()
    channel = api.call(GET, JOHN | {"channel": "emial"}).json()
    address = api.call(GET, JOHN | {"email": "jon@example.com"}).json()
    profile = api.call(GET, JOHN | {"profile_id": "658997338e8f4032d92fd56"}).json()
    method = api.call("subscription/get", JOHN).json()

    assert [one["verdict"]["fix"] for one in (field, channel, address, profile, method)] == [
        "did you mean email?",
        "did you mean email?",
        "did you mean john@example.com?",
        "did you mean 658997338e8f4032d92fd56d?",
        "did you mean subscriptions/get?",
    ]


def test_a_repeated_element_is_refused_where_one_is_meant(api):
    answer = api.call_xml("subscriptions/list", "<db_id>1</db_id><db_id>1</db_id>")

    assert answer.status_code == 400
    assert '<error_text>field "db_id" is there 2 times' in answer.text


def test_a_repeated_token_element_is_refused(api):
    answer = api.call_xml("subscriptions/list", "<token>x</token>")

    assert (answer.status_code, "token" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("text", "is_number"), [("1", True), (" 1\n", True), ("1.0", False), ("", False)]
)
def test_the_text_of_an_element_is_read_as_the_field_is_declared(api, text, is_number):
    answer = api.call_xml(
        "subscriptions/list",
        f"<db_id>{text}</db_id><profile_id>{JOHN['profile_id']}</profile_id>",
    )

    assert answer.status_code == (200 if is_number else 400)


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_anything_but_a_post_is_refused(api, verb):
    answer = api.http.request(verb, f"{api.url}/api/v1.1/subscriptions/get")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_body_of_ten_megabytes_is_refused(api):
    body = b"<xml>" + b"<a/>" * (10 * 1024 * 1024 // 4) + b"</xml>"

    answer = api.send("subscriptions/get", body, content_type=XML)

    assert (answer.status_code, "1,048,576" in answer.text) == (400, True)


def test_in_production_nobody_is_told_what_would_have_been_right(tmp_path):
    with run_api(tmp_path / "p.db", load_sample(), production=True) as api:
        answer = api.call(GET, JOHN | {"emial": "x"})

    assert list(json.loads(answer.text)) == ["error", "error_text", "code"]
    assert "x-unsub-verdict" not in answer.headers
