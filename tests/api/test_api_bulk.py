"""suspend_all and unsuspend_all: which subscriptions they touch, and whom they keep waiting."""

import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite

from akunsub.errors import CallRefusedError
from akunsub.platform import bulk, subscriptions, tables
from akunsub.platform.bulk import Scope, change_all, effective_status, one_run
from akunsub.platform.settings_file import load_sample
from akunsub.platform.statuses import Status
from akunsub.platform.store import Store
from tests.conftest import SCRIPT_ID, SMID

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAST, FUTURE = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)
SUSPEND = (Status.SUBSCRIBED, Status.SUSPENDED)
RESUME = (Status.SUSPENDED, Status.SUBSCRIBED)
C = tables.subscription.c


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "bulk.db", load_sample())
    yield store
    store.close()


@pytest.fixture
def every_state(store):
    """One subscription in each state that can be stored; more than one batch of them."""
    times = (None, PAST, NOW, FUTURE)
    states = list(itertools.product(Status, times, times, (False, True)))
    facts = {
        "account_id": 1,
        "resource_id": 73,
        "db_id": 1,
        "channel": "whatsapp",
        "profile_id": "p1",
    }
    rows = [
        facts
        | {
            "address": f"+{number}",
            "status": status.value,
            "timer_ends_at": timer_ends_at,
            "suspended_until": suspended_until,
            "is_delete": is_delete,
        }
        for number, (status, timer_ends_at, suspended_until, is_delete) in enumerate(states)
    ]
    with store.write() as connection:
        connection.execute(tables.subscription.insert(), rows)


def read_all(store):
    with store.read() as connection:
        query = select(tables.subscription).where(C.profile_id == "p1").order_by(C.id)
        return connection.execute(query).mappings().all()


def settled(store, row, now=NOW):
    with store.read() as connection:
        return subscriptions.to_subscription(connection, row, now).state


def test_the_status_in_sql_is_what_settle_says_in_every_state(store, every_state):
    with store.read() as connection:
        query = select(effective_status(NOW)).where(C.profile_id == "p1").order_by(C.id)
        in_sql = list(connection.scalars(query))

    assert in_sql == [settled(store, row).status.value for row in read_all(store)]


@pytest.mark.parametrize(("before", "after"), [SUSPEND, RESUME])
def test_only_that_status_changes_and_nothing_else_in_the_row(
    store, every_state, monkeypatch, before, after
):
    monkeypatch.setattr(bulk, "BATCH_IDS", 50)
    earlier = read_all(store)

    updated = sum(change_all(store, Scope(1, 1, "whatsapp"), before, after, NOW))

    expected = [
        dict(row) | {"status": after.value, "suspended_until": None}
        if settled(store, row).status is before and not row["is_delete"]
        else dict(row)
        for row in earlier
    ]
    assert [dict(row) for row in read_all(store)] == expected
    assert updated == sum(dict(row) != one for row, one in zip(earlier, expected, strict=True)) > 0


def test_a_timer_that_was_running_still_ends_the_subscription(store, every_state):
    sum(change_all(store, Scope(1, 1, "whatsapp"), *SUSPEND, NOW))

    running = [row for row in read_all(store) if row["timer_ends_at"] == FUTURE]
    assert {settled(store, row, FUTURE).status for row in running} == {Status.UNSUBSCRIBED}


def test_a_batch_is_found_by_its_ids_and_by_no_index(store):
    query = (
        tables.subscription.update()
        .where(C.id.between(1, 9), *bulk._in_scope(Scope(1, 1, "email", 73)))
        .values(status="suspended")
    )
    text = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})

    with store.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").one()[3]

    assert plan == "SEARCH subscription USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"


def test_a_confirm_is_stored_between_two_batches(store, every_state, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH_IDS", 50)
    batches = change_all(store, Scope(1, 1), *SUSPEND, NOW)
    last = read_all(store)[-1]["id"]

    next(batches)
    # It would wait for ten seconds, and fail, if the run held the database.
    with store.write() as connection:
        connection.execute(tables.subscription.update().where(C.id == last).values(priority=7))
    rest = sum(batches)

    assert rest > 0
    with store.read() as connection:
        assert connection.scalar(select(C.priority).where(C.id == last)) == 7


def test_what_is_added_while_it_runs_is_not_touched(store, every_state, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH_IDS", 50)
    batches = change_all(store, Scope(1, 1), *SUSPEND, NOW)

    next(batches)
    with store.write() as connection:
        facts = dict(read_all(store)[0], id=None, address="new", status="subscribed")
        added = connection.execute(tables.subscription.insert(), facts).lastrowid
    sum(batches)

    with store.read() as connection:
        assert connection.scalar(select(C.status).where(C.id == added)) == "subscribed"


def test_too_many_runs_at_once_are_refused(store):
    held, release = threading.Semaphore(0), threading.Event()

    def wait_for_a_run():
        held.release()
        with one_run(store):
            release.wait()

    threads = [threading.Thread(target=wait_for_a_run) for _ in range(bulk._MAX_RUNS_AT_HAND)]
    for one in threads:
        one.start()
    for _ in threads:
        held.acquire()
    try:
        while bulk._runs_at_hand.acquire(blocking=False):
            bulk._runs_at_hand.release()
        with pytest.raises(CallRefusedError, match="busy"), one_run(store):
            pass
    finally:
        release.set()
        for one in threads:
            one.join()


@pytest.mark.parametrize(
    ("scope", "touched"),
    [
        ({}, {"email73", "push73", "email3", "push26"}),
        ({"channel": "push"}, {"push73", "push26"}),
        ({"resource_id": 73}, {"email73", "push73"}),
        ({"channel": "push", "resource_id": 73}, {"push73"}),
    ],
)
def test_channel_and_resource_narrow_it(api, scope, touched):
    answer = api.call("subscriptions/suspend_all", {"db_id": 1} | scope)

    with api.store.read() as connection:
        found = connection.execute(
            select(C.channel, C.resource_id).where(C.status == "suspended")
        ).all()
    suspended = {f"{channel}{number}" for channel, number in found}
    looked_at = {"email73", "push73", "email3", "push26"}
    assert suspended & looked_at == touched
    assert answer.json()["updated"] == len(found)


def test_unsuspend_all_takes_it_back_and_answers_the_same_fields(api):
    suspended = api.call("subscriptions/suspend_all", {"db_id": 1}).json()
    again = api.call("subscriptions/suspend_all", {"db_id": 1}).json()
    resumed = api.call("subscriptions/unsuspend_all", {"db_id": 1}).json()

    assert list(resumed) == ["error", "error_text", "updated"]
    assert resumed == suspended
    assert again["updated"] == 0


def test_the_verdict_warns_that_it_touched_a_whole_database(api):
    api.add(4080 - 8)

    answer = api.call("subscriptions/suspend_all", {"db_id": 1, "channel": "email"})

    updated = answer.json()["updated"]
    warning = f"suspend_all touched {updated:,} subscriptions of database 1, not one profile"
    assert answer.headers["x-unsub-verdict"] == f'good; rule=ok; warning="{warning}"'
    assert api.ledger()[-1]["warnings"] == [warning]


def test_a_confirm_comes_through_while_it_runs(api):
    """The smaller sister of benchmarks/suspend_all.py."""
    api.add(60_000)
    answers = []

    def suspended():
        with api.store.read() as connection:
            return connection.scalar(select(func.count()).where(C.status == "suspended"))

    run = threading.Thread(
        target=lambda: answers.append(api.call("subscriptions/suspend_all", {"db_id": 1}))
    )
    run.start()
    while suspended() == 0:
        assert run.is_alive()
    confirm = api.http.post(f"{api.url}/unsub/confirm", data={"smid": SMID, "id": SCRIPT_ID})
    suspended_by_then = suspended()
    run.join()

    assert confirm.status_code == 200
    assert suspended_by_then < answers[0].json()["updated"]
    assert [call["action"] for call in api.ledger()][-2:] == [
        "confirm",
        "subscriptions/suspend_all",
    ]
