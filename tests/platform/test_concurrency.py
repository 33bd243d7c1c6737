"""Two processes that want the same subscription at the same time."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from akunsub.platform import ledger, subscriptions, unsubscribe
from akunsub.platform.store import Store
from tests.platform.contender import MARYS_SMID, OTHER_SMID, SMID, settings, to_intent

CONTENDER = Path(__file__).with_name("contender.py")
CHOICES = (None, ["morning"], None, ["evening", "morning"])


def make_calls(action, count, *, smid=SMID, request_ids=False):
    """*action* may be several, in turn."""
    return [
        {
            "action": action[number % len(action)],
            "smid": smid,
            "categories": CHOICES[number // len(action) % len(CHOICES)],
            "request_id": f"r{number}" if request_ids else None,
        }
        for number in range(count)
    ]


@contextmanager
def contending(database, folder, plans):
    """The store, while one process for each plan carries it out; all have ended afterwards."""
    store = Store(database, settings())
    store.reset()
    processes = []
    for (name, calls), end in zip(plans.items(), socket.socketpair(), strict=True):
        plan = folder / f"{name}.json"
        of_one = {"database": database, "name": name, "calls": calls, "socket_fd": end.fileno()}
        plan.write_text(json.dumps(of_one))
        with end:
            processes.append(
                subprocess.Popen(
                    [sys.executable, CONTENDER, plan],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    pass_fds=[end.fileno()],
                )
            )
    try:
        yield store
        said = [process.communicate(timeout=120) for process in processes]
    finally:
        # One that goes on would change the next test's database.
        for process in processes:
            process.kill()
            process.wait()
        store.close()
    assert said == [("", "")] * len(processes)


def contend(database, folder, plans):
    """Return the ledger, and where it led."""
    with contending(database, folder, plans):
        pass
    store = Store(database, settings())
    ended = list(stored(store)), state_of(store)
    store.close()
    return ended


def stored(store, since=0):
    """All calls from there on, in the order in which they were committed."""
    with store.read() as connection:
        while page := ledger.list_calls(connection, since=since):
            yield from page
            since = page[-1]["id"]


def state_of(store):
    with store.read() as connection:
        found = subscriptions.find_subscription(connection, SMID, datetime.now(UTC))
    return found.state, dict(found.categories)


def replay(calls, folder):
    """What the same calls are answered, and where they lead, one after another."""
    store = Store(folder / "replay.db", settings())
    answers = []
    with store.write() as connection:
        for call in calls:
            now = datetime.fromisoformat(call["request"]["now"])
            applied = unsubscribe.apply(connection, to_intent(call["request"]), now)
            answers.append((applied.word, applied.outcome.as_dict()))
    ended = answers, state_of(store)
    store.close()
    return ended


def assert_explained_by_their_order(calls, state, folder):
    expected, expected_state = replay(calls, folder)

    assert [(call["rule"], call["answer"]) for call in calls] == expected
    assert state == expected_state


def turns(calls):
    """How often the other process came in between."""
    return sum(one["request"]["by"] != other["request"]["by"] for one, other in pairwise(calls))


@pytest.mark.parametrize(
    ("smid_of_cancel", "count"),
    [(SMID, 1000), (OTHER_SMID, 150)],
    ids=["one_message", "two_messages"],
)
def test_confirms_and_cancels_at_the_same_time_end_as_some_order_does(
    database, tmp_path, smid_of_cancel, count
):
    plans = {
        "one": make_calls(["confirm"], count),
        "other": make_calls(["cancel"], count, smid=smid_of_cancel),
    }

    calls, state = contend(database, tmp_path, plans)

    assert len(calls) == 2 * count
    assert turns(calls) > count / 20
    assert {call["rule"] for call in calls} <= {"ok", "already"}
    assert_explained_by_their_order(calls, state, tmp_path)


def test_the_same_request_in_two_processes_is_executed_once(database, tmp_path):
    count = 150
    calls_of_both = make_calls(["confirm", "cancel"], count, request_ids=True)

    calls, state = contend(database, tmp_path, {"one": calls_of_both, "other": calls_of_both})

    executed = [call for call in calls if call["rule"] != "duplicate"]
    answers = {call["request"]["request_id"]: call["answer"] for call in executed}
    assert len(executed) == len(answers) == count
    assert Counter(call["rule"] == "duplicate" for call in calls) == {False: count, True: count}
    assert all(call["answer"] == answers[call["request"]["request_id"]] for call in calls)
    assert_explained_by_their_order(executed, state, tmp_path)


def test_an_intent_and_the_one_that_replaces_it_end_as_the_newer_one(database, tmp_path):
    """Each pair arrives at the same time, now in this order and now in that."""
    count = 150
    older = make_calls(["confirm"], count, request_ids=True)
    newer = [
        one | {"action": "cancel", "request_id": f"n{number}", "replaces": [one["request_id"]]}
        for number, one in enumerate(older)
    ]
    # One process may always be a little ahead.
    plans = {
        "one": [pair[number % 2] for number, pair in enumerate(zip(older, newer, strict=True))],
        "other": [pair[number % 2] for number, pair in enumerate(zip(newer, older, strict=True))],
    }

    calls, state = contend(database, tmp_path, plans)

    place = {call["request"]["request_id"]: number for number, call in enumerate(calls)}
    rules = {call["request"]["request_id"]: call["rule"] for call in calls}
    late = [number for number in range(count) if place[f"r{number}"] > place[f"n{number}"]]
    assert 0 < len(late) < count
    for number in range(count):
        assert (rules[f"r{number}"] == "superseded") == (number in late)
    executed = [call for call in calls if call["rule"] != "superseded"]
    assert_explained_by_their_order(executed, state, tmp_path)


def test_intents_that_replace_each_other_do_not_wait_for_each_other(database, tmp_path):
    count = 100
    ids = [f"r{number}" for number in range(count)]
    plans = {
        name: [
            one | {"request_id": f"{name}{number}", "replaces": order[number : number + 20]}
            for number, one in enumerate(make_calls(["confirm", "cancel"], count))
        ]
        for name, order in {"one": ids, "other": ids[::-1]}.items()
    }

    calls, _ = contend(database, tmp_path, plans)

    assert len(calls) == 2 * count
    # PostgreSQL ends one of two that wait for each other, and it tries again.
    assert {call["request"]["tries"] for call in calls} == {1}


def test_a_reader_who_goes_on_from_the_last_call_misses_none(database, tmp_path):
    """Calls about different people do not wait for each other until they are recorded."""
    count = 150
    plans = {
        "one": make_calls(["confirm", "cancel"], count),
        "other": make_calls(["confirm", "cancel"], count, smid=MARYS_SMID),
    }

    seen = []
    with contending(database, tmp_path, plans) as store:
        give_up_at = time.monotonic() + 60
        while len(seen) < 2 * count and time.monotonic() < give_up_at:
            seen += stored(store, since=seen[-1]["id"] if seen else 0)

    assert Counter(call["request"]["by"] for call in seen) == {"one": count, "other": count}
