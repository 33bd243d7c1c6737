"""Two processes that want the same subscription at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from akunsub.platform import ledger, subscriptions, unsubscribe
from akunsub.platform.store import Store
from tests.platform.contender import OTHER_SMID, SMID, settings, to_intent

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


def contend(database, folder, plans):
    """Let one process carry out each plan, all at once; return the ledger."""
    store = Store(database, settings())
    store.reset()
    processes = []
    for name, calls in plans.items():
        plan = folder / f"{name}.json"
        plan.write_text(json.dumps({"database": database, "name": name, "calls": calls}))
        processes.append(
            subprocess.Popen(
                [sys.executable, CONTENDER, plan],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120) for process in processes]
    assert said == [("", "")] * len(processes)
    ended = stored(store), state_of(store)
    store.close()
    return ended


def stored(store):
    """All calls, in the order in which they were committed."""
    calls = []
    with store.read() as connection:
        while page := ledger.list_calls(connection, since=calls[-1]["id"] if calls else 0):
            calls += page
    return calls


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
    assert {call["rule"] for call in calls} == {"ok", "already"}
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
