"""
The platform's facts as numbered vectors, each with how well it is known.

D: documented. C: read in code that the platform's maker published. R: derived from public samples.
Those that need a browser are in ``tests/browser/test_sdk_vectors.py``: 22 to 25.
"""

import json
import re
from datetime import UTC, datetime

import pytest

from akunsub.errors import SettingsError
from akunsub.platform import ids, rules
from akunsub.platform.ids import ResourceKey
from akunsub.platform.settings_file import parse_settings, read_sample
from akunsub.platform.statuses import Status, parse_status
from tests.conftest import DELAYED, INSTANT, NOON, PREVENTED, PROFILE_ID, RTOKEN, SCRIPT_ID, SMID

TOKEN = "abcdefghijklmnqrstuvwxyz"
UNSUB = {"token": TOKEN, "rtoken": RTOKEN, "smid": SMID}
EMAIL = {
    "token": TOKEN,
    "db_id": 1,
    "resource_id": 73,
    "profile_id": PROFILE_ID,
    "channel": "email",
    "email": "john@example.com",
}
SUCCESS = {"error": 0, "error_text": "Successful operation"}


def api(endpoint, method, body, **options):
    return endpoint.http.post(f"{endpoint.url}/api/v1.1/{method}", json=body, **options)


def stored(endpoint, **other):
    """The subscription, as the server API tells it."""
    return api(endpoint, "subscriptions/get", without_none(EMAIL | other)).json()["data"]


def without_none(fields):
    return {name: value for name, value in fields.items() if value is not None}


def set_status(endpoint, status, **other):
    answer = api(endpoint, "subscriptions/set", without_none(EMAIL | {"status": status} | other))
    assert answer.json()["error"] == 0, answer.text


def open_link(endpoint, smid):
    return endpoint.http.get(f"{endpoint.url}/u/{smid}", follow_redirects=False)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("MXw3Mw==", (1, 73)),
        ("MXw2NQ..", (1, 65)),
        ("MXwz", (1, 3)),
        ("MXwy", (1, 2)),
        ("MXwx", (1, 1)),
        ("MXw5OQ..", (1, 99)),
        ("MXw2Ng..", (1, 66)),
        ("MXw3Mw..", (1, 73)),
    ],
)
def test_vector_01_r_script_ids(text, key):
    assert ids.parse_script_id(text) == key
    assert ids.parse_script_id(ids.format_script_id(*key)) == key
    assert ids.format_script_id(1, 73) == "MXw3Mw=="


@pytest.mark.parametrize(
    ("resource_id", "suffix"),
    [
        (2, "b4df7d12d765c95e"),
        (4, "a90b371eecc2952f"),
        (7, "8bd58a5e46439e8f"),
        (13, "d096ee3f15093420"),
        (15, "8e5a9f355db8fe1b"),
        (18, "8e7333ea9fb3989c"),
        (23, "5f1de0718317b39e"),
        (24, "47388cfe02ea4336"),
        (33, "9ab0c311499ecc2f"),
        (65, "cd7ad740d2721e8e"),
        (69, "aa7617bb293a30c3"),
        (73, "4a41f880f257477b"),
        (3, "85d4f8f552560b04"),
        (66, "6859a742c85fb31e"),
        (99, "453ae7a84c1ec8b4"),
    ],
)
def test_vector_02_r_resource_token_suffixes(resource_id, suffix):
    assert ids.resource_token_suffix(1, resource_id) == suffix


def test_vector_03_r_a_token_of_another_resource_is_a_warning_only(endpoint):
    assert ids.is_token_of("11111111111-b4df7d12d765c95e", ResourceKey(1, 2)) is True
    assert ids.is_token_of(RTOKEN, ResourceKey(1, 73)) is False

    answer = endpoint.post("confirm", {"smid": SMID, "id": SCRIPT_ID, "rtoken": RTOKEN})

    assert answer.json()["error"] == 0
    assert answer.json()["verdict"]["warnings"]


def test_vector_04_r_the_look_of_a_token_is_not_demanded(endpoint):
    assert ids.is_token_of(RTOKEN, ResourceKey(1, 4)) is True
    assert ids.is_token_of("11111111111-b4df7d12d765c95e", ResourceKey(1, 2)) is True
    assert ids.is_token_of("example_token", ResourceKey(1, 2)) is None
    # It is refused because nobody has it, not for its looks.
    answer = endpoint.post("confirm", {"smid": SMID, "rtoken": "example_token"})
    assert answer.json()["code"] == "wrong_rtoken"


@pytest.mark.parametrize(
    ("smid", "kind"),
    [
        (SMID, "FSMID"),
        ("uAbc", "USMID"),
        ("mAbc", "ESMID"),
        ("wAbc", "SMID"),
        ("xAbc", "unknown"),
        ("", "unknown"),
    ],
)
def test_vector_05_d_smid_kinds(smid, kind):
    assert ids.smid_kind(smid) == kind


def test_vector_06_d_message_unsub(endpoint):
    answer = api(endpoint, "profiles/message_unsub", UNSUB)

    assert answer.json() == SUCCESS | {"profile_id": PROFILE_ID}
    assert re.fullmatch("[0-9a-f]{24}", answer.json()["profile_id"])
    assert stored(endpoint)["status"] == "unsubscribed"


def test_vector_07_d_message_unsub_with_categories(endpoint):
    before = stored(endpoint)["cats"]

    answer = api(endpoint, "profiles/message_unsub", UNSUB | {"categories": ["cat_to_unsub"]})

    assert answer.json() == SUCCESS | {"profile_id": PROFILE_ID}
    after = stored(endpoint)
    assert after["status"] == "subscribed"
    assert after["cats"] == [name for name in before if name != "cat_to_unsub"]


def test_vector_08_d_message_unsub_in_xml(endpoint):
    body = "".join(f"<{name}>{value}</{name}>" for name, value in UNSUB.items())

    answer = endpoint.http.post(
        f"{endpoint.url}/api/v1.1/profiles/message_unsub",
        content=f"<xml>{body}</xml>",
        headers={"content-type": "application/xml"},
    )

    assert answer.text.replace("\n", "") == (
        "<xml><error>0</error><error_text>Successful operation</error_text>"
        f"<profile_id>{PROFILE_ID}</profile_id></xml>"
    )


def test_vector_09_d_no_token_is_401_and_an_unreadable_body_400(endpoint):
    without = {name: value for name, value in UNSUB.items() if name != "token"}
    url = f"{endpoint.url}/api/v1.1/profiles/message_unsub"

    assert api(endpoint, "profiles/message_unsub", without).json()["error"] == 401
    unreadable = endpoint.http.post(url, content=b"{", headers={"content-type": "application/json"})
    assert unreadable.json()["error"] == 400


def test_vector_10_c_an_unknown_category(endpoint):
    answer = api(endpoint, "profiles/message_unsub", UNSUB | {"categories": ["nope"]})

    assert (answer.status_code, answer.json()["error"]) == (400, 400)
    assert "is not valid: category not found in resource" in answer.json()["error_text"]


def test_vector_11_d_the_token_has_three_places_and_format_is_the_answers(endpoint):
    without = {name: value for name, value in UNSUB.items() if name != "token"}
    method = "profiles/message_unsub"

    assert (
        api(endpoint, method, without, headers={"authorization": f"Bearer {TOKEN}"}).json()["error"]
        == 0
    )
    assert api(endpoint, method, without, params={"token": TOKEN}).json()["error"] == 0
    in_xml = api(endpoint, method, UNSUB, params={"format": "xml"})
    assert in_xml.text.startswith("<xml>")


def test_vector_12_d_the_same_request_id_within_24_hours(endpoint):
    def send(request_id):
        return api(endpoint, "profiles/message_unsub", UNSUB, headers={"request-id": request_id})

    endpoint.clock(now=NOON)
    first, again = send("r1"), send("r1")
    endpoint.clock(advance_seconds=86400)
    after_a_day, other = send("r1"), send("r2")

    assert again.content == first.content
    assert again.headers["duplicate-request"] == "true"
    assert re.fullmatch(r"[A-Za-z0-9+/]{27}=", again.headers["duplicate-key"])
    for answer in (first, after_a_day, other):
        assert "duplicate-request" not in answer.headers


def test_vector_13_d_what_the_link_does_in_each_mode(endpoint):
    assert open_link(endpoint, INSTANT["smid"]).status_code == 200
    assert endpoint.state(INSTANT["smid"])["status"] == "unsubscribed"

    open_link(endpoint, SMID)
    assert endpoint.state()["status"] == "subscribed"
    endpoint.confirm()
    assert endpoint.state()["status"] == "unsubscribed"

    page = open_link(endpoint, PREVENTED["smid"])
    assert "The law asks us to send you these notices" in page.text
    endpoint.http.get(f"{endpoint.url}/u/{PREVENTED['smid']}?via=list_unsubscribe")
    one_click = endpoint.http.post(
        f"{endpoint.url}/u/{PREVENTED['smid']}", data={"List-Unsubscribe": "One-Click"}
    )
    assert one_click.status_code == 403
    assert endpoint.state(PREVENTED["smid"])["status"] == "subscribed"


@pytest.mark.parametrize("seconds", [0, 1, 1799])
def test_vector_14_d_delayed_a_cancel_in_time(endpoint, seconds):
    endpoint.clock(now=NOON)
    open_link(endpoint, DELAYED["smid"])
    endpoint.clock(advance_seconds=seconds)
    assert endpoint.state(DELAYED["smid"])["seconds_left"] == 1800 - seconds

    assert endpoint.post("cancel", DELAYED).json()["status"] == "subscribed"
    endpoint.clock(advance_seconds=3600)

    assert endpoint.state(DELAYED["smid"])["status"] == "subscribed"


def test_vector_14_d_delayed_nothing_is_done(endpoint):
    endpoint.clock(now=NOON)
    open_link(endpoint, DELAYED["smid"])
    endpoint.clock(advance_seconds=1799)
    assert endpoint.state(DELAYED["smid"])["status"] == "pending"

    endpoint.clock(advance_seconds=1)

    assert endpoint.state(DELAYED["smid"])["status"] == "unsubscribed"
    data = stored(endpoint, resource_id=74)
    assert data["status"] == "unsubscribed"
    assert endpoint.post("cancel", DELAYED).json()["code"] == "too_late"


def test_vector_14_d_delayed_a_confirm_does_not_wait(endpoint):
    open_link(endpoint, DELAYED["smid"])

    assert endpoint.post("confirm", DELAYED).json()["status"] == "unsubscribed"


def test_vector_14_d_a_timer_of_31_minutes_is_a_configuration_error():
    text = read_sample().replace("timer_seconds = 1800", "timer_seconds = 1860")

    with pytest.raises(SettingsError, match=r"timer_seconds: .*less than or equal to 1800"):
        parse_settings(text, source="x.toml")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"smid": SMID, "id": SCRIPT_ID}, "not_delayed"),
        (INSTANT, "not_delayed"),
        (PREVENTED, "prevented"),
    ],
)
def test_vector_15_d_cancel_in_another_mode_is_refused(endpoint, fields, code):
    """The documentation says it is not used there; this is what we make of it."""
    assert endpoint.post("cancel", fields).json()["code"] == code


def test_vector_16_d_the_resources_page_wins_over_the_systems(endpoint):
    endpoint.set_resource(
        73, unsubscribe_page_url="https://shop.example/bye?s={send_message_id}&t={resource_token}"
    )

    own = open_link(endpoint, SMID)
    endpoint.set_resource(73, unsubscribe_page_url=None)
    systems = open_link(endpoint, SMID)

    assert own.headers["location"] == f"https://shop.example/bye?s={SMID}&t={RTOKEN}"
    assert systems.status_code == 200


def test_vector_17_d_delete_and_undelete(endpoint):
    deleted = api(endpoint, "subscriptions/delete", EMAIL)
    in_xml = api(endpoint, "subscriptions/delete", EMAIL | {"format": "xml"})

    assert deleted.json() == {"data": None} | SUCCESS
    assert "<data/>" in in_xml.text
    assert api(endpoint, "subscriptions/get", EMAIL).json()["code"] == "deleted_subscription"

    api(endpoint, "subscriptions/undelete", EMAIL)

    assert stored(endpoint)["status"] == "subscribed"


@pytest.mark.parametrize(
    "filters",
    [{}, {"channel": "email"}, {"resource_id": 73}, {"channel": "email", "resource_id": 73}],
)
def test_vector_18_d_suspend_all_and_unsuspend_all(endpoint, filters):
    for one in endpoint.http.get(f"{endpoint.url}/_unsub/messages").json()["messages"]:
        set_status(endpoint, "unsubscribed", **named(one))
    emails = {status: f"{status}@example.com" for status in Status}
    for status, email in emails.items():
        set_status(endpoint, status, email=email)

    def statuses():
        return {status: stored(endpoint, email=emails[status])["status"] for status in Status}

    database = {"token": TOKEN, "db_id": 1}
    before = statuses()
    suspended = api(endpoint, "subscriptions/suspend_all", database | filters)
    after = statuses()
    lifted = api(endpoint, "subscriptions/unsuspend_all", database | filters)

    assert suspended.json() == SUCCESS | {"updated": 1}
    assert after == before | {Status.SUBSCRIBED: "suspended"}
    # The one that had been suspended by itself is lifted as well.
    assert lifted.json() == SUCCESS | {"updated": 2}
    assert statuses() == before | {Status.SUSPENDED: "subscribed"}


def named(message):
    """The fields by which the server API knows the subscription of a message."""
    fields = {name: message[name] for name in ("resource_id", "db_id", "profile_id", "channel")}
    own = {
        "email": {"email": message["address"]},
        "sms": {"phone": message["address"]},
        "push": {"subscription_id": message["address"], "provider": "Firefox"},
    }
    return fields | {"email": None} | own[message["channel"]]


def test_vector_19_d_status_words_and_numbers():
    words = [
        "subscribed",
        "unsubscribed",
        "complained",
        "hardbounced",
        "unconfirmed",
        "suspended",
        "invalid",
    ]

    assert [parse_status(number).value for number in range(7)] == words
    assert [parse_status(word).number for word in words] == list(range(7))


def test_vector_20_d_which_changes_are_events(endpoint):
    endpoint.confirm()
    set_status(endpoint, "subscribed")
    set_status(endpoint, "suspended")
    set_status(endpoint, "subscribed")

    assert [call["event"] for call in endpoint.calls()] == [
        "unsubscribed",
        "subscribed",
        None,
        None,
    ]


@pytest.mark.parametrize("days", [14, 30, 60, 90])
def test_vector_21_d_the_manager_suspends_for_exactly(endpoint, days):
    assert rules.SUSPEND_DAYS == (14, 30, 60, 90)
    endpoint.clock(now=NOON)
    url = f"{endpoint.url}/manage/{SMID}"

    refused = endpoint.http.post(url, data={"do": "suspend", "days": str(days + 1)})
    assert refused.status_code == 400
    endpoint.http.post(url, data={"do": "suspend", "days": str(days)})
    endpoint.clock(advance_seconds=days * 86400 - 1)
    assert endpoint.state()["status"] == "suspended"
    endpoint.clock(advance_seconds=1)

    assert endpoint.state()["status"] == "subscribed"


def test_vector_21_d_a_mandatory_category_cannot_be_left(endpoint):
    assert endpoint.confirm(categories="orders").json()["code"] == "locked_category"


def test_vector_26_r_a_legacy_usmid():
    parsed = ids.parse_legacy_usmid("5a9bf01a17_3cd_11_6f_0_2.5a8c045fc1dde44cbf718f78")

    assert parsed == (
        datetime(2018, 3, 4, 13, 9, 46, tzinfo=UTC),
        23,
        973,
        17,
        111,
        0,
        "5a8c045fc1dde44cbf718f78",
    )
    assert ids.parse_legacy_usmid(SMID) is None


def test_vector_23_c_a_call_without_a_content_type_is_read_as_json(endpoint):
    body = json.dumps({"smid": SMID, "id": SCRIPT_ID}).encode()

    answer = endpoint.http.post(f"{endpoint.url}/unsub/confirm", content=body)

    assert "content-type" not in answer.request.headers
    assert answer.json()["status"] == "unsubscribed"
