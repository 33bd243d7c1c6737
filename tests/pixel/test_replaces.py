"""A newer intent takes the place of older ones, in whatever order they arrive."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akunsub.pixel.app import create_app
from akunsub.pixel.wire import MAX_REPLACED
from tests.conftest import DELAYED, NOON, SCRIPT_ID, SMID, UNSUBSCRIBED, result

MARY = "fSampleEmailMary0000000000000000000000001"
SUCCESS = {"error": 0, "error_text": "Successful operation"}
STILL = SUCCESS | UNSUBSCRIBED | {"status": "subscribed", "already": True}


def send(endpoint, action, request_id, *replaces, **fields):
    fields = DELAYED | {"request_id": request_id, "replaces": list(replaces)} | fields
    return endpoint.post(action, fields)


def status(endpoint):
    return endpoint.state(DELAYED["smid"])["status"]


def rules(endpoint):
    return [call["rule"] for call in endpoint.actions()]


def test_what_comes_after_the_cancel_that_replaces_it_changes_nothing(endpoint):
    send(endpoint, "cancel", "r2", "r1")

    late = send(endpoint, "confirm", "r1")

    assert (late.status_code, result(late)) == (200, STILL)
    assert late.json()["verdict"] == {"verdict": "good", "rule": "superseded"}
    assert "duplicate-request" not in late.headers
    assert status(endpoint) == "subscribed"
    assert rules(endpoint) == ["already", "superseded"]


def test_a_cancel_after_the_confirm_that_replaces_it_changes_nothing(endpoint):
    send(endpoint, "confirm", "r2", "r1")

    late = send(endpoint, "cancel", "r1")

    assert (late.json()["status"], late.json()["already"]) == ("unsubscribed", True)
    assert status(endpoint) == "unsubscribed"


@pytest.mark.parametrize(
    ("last", "first", "expected"),
    [("cancel", "confirm", "subscribed"), ("confirm", "cancel", "unsubscribed")],
)
def test_the_timer_goes_on_as_the_newer_one_left_it(endpoint, last, first, expected):
    endpoint.clock(now=NOON)
    endpoint.http.get(f"{endpoint.url}/u/{DELAYED['smid']}")
    send(endpoint, last, "r2", "r1")
    endpoint.clock(advance_seconds=60)

    send(endpoint, first, "r1")
    at_once = status(endpoint)
    endpoint.clock(advance_seconds=1800)

    assert (at_once, status(endpoint)) == (expected, expected)


def test_it_answers_where_the_subscription_stands_now(endpoint):
    send(endpoint, "cancel", "r2", "r1")
    before = send(endpoint, "confirm", "r1")
    send(endpoint, "confirm", "r3", categories="morning")

    after = send(endpoint, "confirm", "r1")

    assert (before.json()["categories"], after.json()["categories"]) == ([], ["morning"])


def test_a_category_is_kept_by_the_newer_one(endpoint):
    send(endpoint, "cancel", "r2", "r1", categories="morning")

    late = send(endpoint, "confirm", "r1", categories="morning")

    assert late.json()["categories"] == endpoint.state(DELAYED["smid"])["categories"] == []


@pytest.mark.parametrize("third", [("r2", "r1"), ("r2",)], ids=["names both", "names the last"])
def test_a_chain_of_three_ends_as_the_newest(endpoint, third):
    """The second one, superseded itself, still takes the first one's place."""
    send(endpoint, "cancel", "r3", *third)
    send(endpoint, "confirm", "r2", "r1")
    send(endpoint, "confirm", "r1")

    assert status(endpoint) == "subscribed"
    assert rules(endpoint) == ["already", "superseded", "superseded"]


def test_what_was_answered_keeps_its_answer(endpoint):
    first = send(endpoint, "confirm", "r1")
    send(endpoint, "cancel", "r2", "r1")

    again = send(endpoint, "confirm", "r1")

    assert again.text == first.text
    assert again.headers["duplicate-request"] == "true"
    assert status(endpoint) == "subscribed"


def test_it_wins_over_an_older_one_that_the_network_held_for_longer(endpoint):
    """The older one says that it is new: a first attempt has no age."""
    endpoint.clock(now=NOON)
    send(endpoint, "confirm", "r1")
    endpoint.clock(advance_seconds=1)

    late = send(endpoint, "cancel", "r2", "r1", age_ms=5000)

    assert (late.json()["status"], late.json()["already"]) == ("subscribed", False)


def test_it_does_not_win_over_what_it_does_not_replace(endpoint):
    endpoint.clock(now=NOON)
    send(endpoint, "confirm", "r1", age_ms=60_000)
    send(endpoint, "confirm", "other", age_ms=1000)

    late = send(endpoint, "cancel", "r2", "r1", age_ms=5000)

    assert late.json()["verdict"]["rule"] == "superseded"
    assert status(endpoint) == "unsubscribed"


def test_a_refused_one_replaces_nothing(endpoint):
    refused = send(endpoint, "cancel", "r2", "r1", categories="nope")

    assert refused.status_code == 400
    assert send(endpoint, "confirm", "r1").json()["already"] is False


def test_a_cancel_that_is_too_late_replaces_nothing(endpoint):
    endpoint.clock(now=NOON)
    send(endpoint, "confirm", "r0")
    endpoint.clock(advance_seconds=1800)

    assert send(endpoint, "cancel", "r2", "r1").status_code == 410
    assert send(endpoint, "confirm", "r1").json()["verdict"]["rule"] == "already"


def test_nobody_can_hold_back_the_request_of_somebody_else(endpoint):
    mary = {"smid": MARY, "id": SCRIPT_ID, "request_id": "r9", "replaces": ["r1"]}
    endpoint.post("confirm", mary)

    assert endpoint.confirm(request_id="r1").json()["already"] is False
    assert endpoint.state(SMID)["status"] == "unsubscribed"


def test_it_is_forgotten_after_24_hours(endpoint):
    endpoint.clock(now=NOON)
    send(endpoint, "cancel", "r2", "r1")
    endpoint.clock(advance_seconds=86400 - 1)
    before = send(endpoint, "confirm", "r1").json()["verdict"]["rule"]
    endpoint.clock(advance_seconds=1)

    assert (before, send(endpoint, "confirm", "r1").json()["verdict"]["rule"]) == (
        "superseded",
        "ok",
    )


def test_one_that_names_itself_is_carried_out(endpoint):
    first = send(endpoint, "confirm", "r1", "r1")

    assert first.json()["already"] is False
    assert send(endpoint, "confirm", "r1", "r1").headers["duplicate-request"] == "true"


@pytest.mark.parametrize("fields", [{"replaces": ["r1"]}, {"replaces": ["", "r1"]}])
def test_json_and_a_call_without_an_id_of_its_own_can_replace(endpoint, fields):
    url = f"{endpoint.url}/unsub/cancel"

    endpoint.http.post(url, json=DELAYED | fields).raise_for_status()

    assert send(endpoint, "confirm", "r1").json()["verdict"]["rule"] == "superseded"


@pytest.mark.parametrize("fields", [{"replaces": []}, {"replaces": None}, {"replaces": [""]}])
def test_an_empty_field_replaces_nothing(endpoint, fields):
    answer = endpoint.http.post(f"{endpoint.url}/unsub/confirm", json=DELAYED | fields)

    assert answer.json()["error"] == 0
    assert endpoint.stored()["answered_request"] == []


MOST = [f"r{number}" for number in range(MAX_REPLACED)]


@pytest.mark.parametrize(
    ("replaces", "reason"),
    [
        ([*MOST, "one more"], "has more than 20 request_ids"),
        (["r" * 101], "holds one of more than 100 characters"),
        (["r\0"], "holds a zero character"),
        ("r1", "must be an array of strings"),
        ([1], "must be an array of strings"),
        ({"r1": True}, "must be an array of strings"),
    ],
)
def test_a_malformed_one_is_refused(endpoint, replaces, reason):
    body = json.dumps(DELAYED | {"request_id": "own", "replaces": replaces})

    answer = endpoint.http.post(f"{endpoint.url}/unsub/confirm", content=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_body")
    assert reason in answer.json()["error_text"]
    assert status(endpoint) == "subscribed"
    assert endpoint.stored()["answered_request"] == []


def test_as_many_as_are_allowed_are_replaced(endpoint):
    longest = ["r" * 100, *MOST[1:]]
    send(endpoint, "cancel", "own", *longest)

    late = [send(endpoint, "confirm", one).json()["verdict"]["rule"] for one in longest]

    assert set(late) == {"superseded"}


@st.composite
def deliveries(draw):
    """What a person wished, and the order in which all attempts of it arrive."""
    wishes = draw(st.lists(st.sampled_from(["confirm", "cancel"]), min_size=1, max_size=4))
    # A first attempt has no age, however long the network held it; a retry has its own.
    first, retry = (number for number in (0, 1))
    sent = [(number, draw(st.sampled_from([first, retry]))) for number in range(len(wishes))]
    more = draw(st.lists(st.sampled_from(sent), max_size=3))
    others = [(number, 1 - kind) for number, kind in more]
    return wishes, draw(st.permutations(sent + others))


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(deliveries(), st.booleans(), st.sampled_from([None, "morning"]))
def test_every_order_of_delivery_ends_as_the_newest_wish(endpoint, delivered, is_opened, category):
    wishes, order = delivered
    endpoint.reset()
    client = create_app(endpoint.store).test_client()
    endpoint.clock(now=NOON)
    if is_opened:
        client.get(f"/u/{DELAYED['smid']}")

    for arrival_s, (number, is_retry) in enumerate(order, start=600):
        endpoint.clock(advance_seconds=600 if arrival_s == 600 else 1)
        fields = DELAYED | {
            "request_id": f"r{number}",
            "replaces": [f"r{older}" for older in range(number)],
            # Pressed within the first minute, ten seconds apart.
            "age_ms": (arrival_s - 10 * number) * 1000 if is_retry else 0,
        }
        fields |= {"categories": category} if category else {}
        assert client.post(f"/unsub/{wishes[number]}", data=fields).status_code == 200
    endpoint.clock(advance_seconds=7200)

    ended = endpoint.state(DELAYED["smid"])
    if category:
        assert ended["categories"] == ([category] if wishes[-1] == "confirm" else [])
    else:
        assert ended["status"] == ("unsubscribed" if wishes[-1] == "confirm" else "subscribed")
