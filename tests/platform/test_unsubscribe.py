from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from akunsub.errors import CallRefusedError
from akunsub.platform import subscriptions, tables
from akunsub.platform.intents import Intent
from akunsub.platform.unsubscribe import Outcome, apply
from tests.conftest import PROFILE_ID, RTOKEN, SCRIPT_ID, SMID

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAME_SUBSCRIPTION = "fGmXiWU9Y4NSIpCwl4QG6QXAAAQE"


def confirm(store, now=NOW, **fields):
    intent = Intent(**({"action": "confirm", "smid": SMID, "script_id": SCRIPT_ID} | fields))
    with store.write() as connection:
        return apply(connection, intent, now).outcome


def stored(store):
    """Everything that a call can change."""
    with store.read() as connection:
        return [
            tuple(row)
            for table in (tables.subscription, tables.category_choice)
            for row in connection.execute(select(table))
        ]


def outcome(status="unsubscribed", *, already=False, categories=()):
    return Outcome(PROFILE_ID, status, already, list(categories), 0)


def test_confirm_leaves_the_whole_resource(store):
    assert confirm(store) == outcome()


def test_second_confirm_is_already_and_keeps_the_first_time(store):
    confirm(store)

    assert confirm(store, NOW + timedelta(days=1)) == outcome(already=True)
    with store.read() as connection:
        found = subscriptions.find_subscription(connection, SMID, NOW)
    assert found.state.unsubscribed_at == NOW


def test_a_later_message_means_the_same_subscription(store):
    confirm(store)

    assert confirm(store, smid=SAME_SUBSCRIPTION).already


def test_categories_leave_the_subscription_as_it_is(store):
    assert confirm(store, categories=("category_2", "category_1")) == outcome(
        "subscribed", categories=["category_1", "category_2"]
    )


def test_a_category_left_again_is_already(store):
    confirm(store, categories=("category_1",))

    assert confirm(store, categories=("category_1",)) == outcome(
        "subscribed", already=True, categories=["category_1"]
    )


def test_one_new_category_among_old_ones_is_not_already(store):
    confirm(store, categories=("category_1",))

    assert confirm(store, categories=("category_1", "category_2")) == outcome(
        "subscribed", categories=["category_1", "category_2"]
    )


def test_a_category_named_twice_is_left_once(store):
    assert confirm(store, categories=("category_1", "category_1", "")).categories == ["category_1"]


def test_other_subscriptions_and_resources_stay(store):
    confirm(store)

    with store.read() as connection:
        statuses = connection.scalars(
            select(tables.subscription.c.status).order_by(tables.subscription.c.id)
        ).all()
    assert statuses == ["unsubscribed"] + ["subscribed"] * (len(statuses) - 1)
    assert len(statuses) == 9


def test_the_token_wins_over_the_script_id(store):
    """The constructor's override is legal, and the documentation's own pair does not match."""
    assert confirm(store, rtoken=RTOKEN, script_id="MXwz") == outcome()


def test_state_tells_and_changes_nothing(store):
    before = stored(store)

    assert confirm(store, action="state", script_id=None) == outcome("subscribed")
    assert stored(store) == before


@pytest.mark.parametrize(
    ("fields", "code", "error", "told"),
    [
        ({"smid": None}, "missing_smid", 400, "smid is missing"),
        ({"smid": ""}, "missing_smid", 400, "smid is missing"),
        ({"smid": "{send_message_id}"}, "bad_smid", 400, "smid is malformed"),
        ({"smid": "fUnknown"}, "unknown_smid", 404, "smid is unknown"),
        ({"smid": SMID[:-1] + "B"}, "unknown_smid", 404, f"did you mean {SMID}?"),
        ({"script_id": None}, "missing_resource", 400, "id or rtoken is missing"),
        ({"script_id": "MXw3Mw="}, "bad_id", 400, "is not a script id"),
        ({"script_id": "MXw5OQ=="}, "unknown_id", 404, "resource 99, which is not configured"),
        ({"script_id": "MXwz"}, "wrong_resource", 403, "smid is of resource 73"),
        ({"rtoken": "nobody's"}, "wrong_rtoken", 403, "not the token of any resource"),
        ({"categories": ()}, "no_categories", 400, "no category was chosen"),
        ({"categories": ("",)}, "no_categories", 400, "no category was chosen"),
        (
            {"categories": ("category_1", "category_3")},
            "unknown_category",
            400,
            "not found in resource: 'category_3' / did you mean category_2? resource 73 has",
        ),
        ({"action": "cancel"}, "not_delayed", 409, "nothing to cancel in the mode 'confirm'"),
    ],
)
def test_a_bad_call_is_refused_with_the_reason_and_changes_nothing(
    store, fields, code, error, told
):
    before = stored(store)

    with pytest.raises(CallRefusedError) as raised:
        confirm(store, **fields)

    assert (raised.value.code, raised.value.error) == (code, error)
    assert told in f"{raised.value.error_text} / {raised.value.fix}"
    assert stored(store) == before
