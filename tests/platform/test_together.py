"""Calls that wait while a transaction is under way, and then share one."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from akunsub.errors import CallRefusedError
from akunsub.platform import deduplication, ledger, replacement
from akunsub.platform.deduplication import FirstAnswer
from akunsub.platform.intents import Intent
from akunsub.platform.settings import Message
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from akunsub.platform.together import Batch, Wanted

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PEOPLE = [f"fTogether{number}" for number in range(8)]
#: Another message to the first of them.
OTHER_SMID = "fTogetherOther"


@pytest.fixture(scope="module")
def settings():
    sample = load_sample()
    first = sample.messages[0].model_dump()
    added = [Message(**first | {"smid": smid, "address": f"{smid}@example.com"}) for smid in PEOPLE]
    other = Message(**added[0].model_dump() | {"smid": OTHER_SMID})
    return sample.model_copy(update={"messages": (*sample.messages, *added, other)})


@pytest.fixture
def store(database, settings):
    store = Store(database, settings)
    store.reset()
    yield store
    store.close()


def confirm(smid, request_id=None, **fields):
    return Intent("confirm", smid=smid, script_id="MXw3Mw==", request_id=request_id, **fields)


class Seen:
    """What each call was carried out in."""

    def __init__(self):
        self.connections = []

    def work(self, intent, then=None):
        """What ``pixel.unsub`` does with an intent; returns the word for it."""

        def do(connection):
            self.connections.append(connection)
            is_shared = isinstance(connection, Batch)
            hold = (
                connection.held
                if is_shared
                else lambda *given: replacement.hold(connection, *given)
            )
            held = hold(intent, NOW)
            word = "duplicate"
            if not (intent.request_id and held.requests.find_answer(intent.request_id)):
                applied = replacement.apply(connection, intent, NOW, held)
                word = applied.word
                if intent.request_id and applied.made_at is not None:
                    first = FirstAnswer("", applied.outcome.as_dict(), applied.made_at)
                    held.requests.keep_answer(connection, intent.request_id, first)
            call = ledger.Call(
                at=NOW,
                action="confirm",
                smid=intent.smid,
                categories=intent.categories,
                resource_id=73,
                verdict="good",
                reason=word,
                rule=word,
                request={"odd": ["'\"\\{},", [], None]},
                answer={},
            )
            ledger.record(connection, call)
            if then:
                then()
            return word

        return do


def carry_out(store, works):
    """Let all of *works* gather while a call is under way; return what came of each."""
    is_under_way, may_end = threading.Event(), threading.Event()

    def busy(_connection):
        is_under_way.set()
        assert may_end.wait(30)

    def outcome(intent, work):
        try:
            return store.transact_together(work, Wanted.by(intent))
        except (CallRefusedError, ValueError) as error:
            return error

    with ThreadPoolExecutor(len(works) + 1) as threads:
        first = threads.submit(store.transact_together, busy, Wanted("busy", frozenset()))
        assert is_under_way.wait(30)
        futures = []
        for number, (intent, work) in enumerate(works, 1):
            futures.append(threads.submit(outcome, intent, work))
            give_up_at = time.monotonic() + 30
            while len(store._together._waiting) < number and time.monotonic() < give_up_at:
                time.sleep(0.001)
        may_end.set()
        first.result(30)
        return [future.result(60) for future in futures]


def calls(store):
    with store.read() as connection:
        return [(one["smid"], one["rule"]) for one in ledger.list_calls(connection)]


def status_of(store, smid):
    with store.read() as connection:
        return replacement.hold(connection, confirm(smid), NOW).subscription.state.word


def test_calls_that_wait_share_a_transaction(store):
    seen = Seen()
    intents = [confirm(smid, f"r-{smid}", categories=None) for smid in PEOPLE]

    words = carry_out(store, [(one, seen.work(one)) for one in intents])

    assert words == ["ok"] * len(PEOPLE)
    assert len({id(one) for one in seen.connections}) == 1
    assert calls(store) == [(smid, "ok") for smid in PEOPLE]
    assert {status_of(store, smid) for smid in PEOPLE} == {"unsubscribed"}
    with store.read() as connection:
        (found, *_) = ledger.list_calls(connection)
        assert found["request"] == {"odd": ["'\"\\{},", [], None]}
        answer = deduplication.read_requests(connection, ["r-fTogether3"], NOW)
        assert answer.find_answer("r-fTogether3").answer["status"] == "unsubscribed"


def test_one_that_is_refused_leaves_nothing_and_the_others_stay(store):
    seen = Seen()

    def refuse():
        raise CallRefusedError("no", 403, "no")

    works = [
        (confirm(smid), seen.work(confirm(smid), refuse if smid == PEOPLE[1] else None))
        for smid in PEOPLE[:3]
    ]

    words = carry_out(store, works)

    assert [str(getattr(one, "code", one)) for one in words] == ["ok", "no", "ok"]
    assert len({id(one) for one in seen.connections}) == 1
    assert calls(store) == [(PEOPLE[0], "ok"), (PEOPLE[2], "ok")]
    assert [status_of(store, one) for one in PEOPLE[:3]] == [
        "unsubscribed",
        "subscribed",
        "unsubscribed",
    ]


def test_what_fails_does_so_in_its_own_thread_and_the_others_are_carried_out(store):
    seen = Seen()

    def fail():
        raise ValueError("a fault")

    works = [
        (confirm(smid), seen.work(confirm(smid), fail if smid == PEOPLE[1] else None))
        for smid in PEOPLE[:3]
    ]

    words = carry_out(store, works)

    assert [str(one) for one in words] == ["ok", "a fault", "ok"]
    assert sorted(calls(store)) == [(PEOPLE[0], "ok"), (PEOPLE[2], "ok")]
    assert status_of(store, PEOPLE[1]) == "subscribed"


@pytest.mark.parametrize("second", [OTHER_SMID, PEOPLE[0]], ids=["other message", "same message"])
def test_the_second_wish_of_a_person_sees_the_first(store, second):
    seen = Seen()
    intents = [confirm(PEOPLE[0], "r1"), confirm(second, "r2"), confirm(PEOPLE[2], "r3")]

    words = carry_out(store, [(one, seen.work(one)) for one in intents])

    assert words == ["ok", "already", "ok"]


def test_the_same_request_is_carried_out_once(store):
    seen = Seen()
    intents = [confirm(PEOPLE[0], "r1"), confirm(PEOPLE[0], "r1")]

    words = carry_out(store, [(one, seen.work(one)) for one in intents])

    assert words == ["ok", "duplicate"]


def test_one_that_is_replaced_before_it_comes_does_nothing(store):
    seen = Seen()
    newer = confirm(PEOPLE[0], "new", replaces=("old",))
    others = confirm(PEOPLE[1], "other", replaces=("old-other",))

    words = carry_out(store, [(one, seen.work(one)) for one in (newer, others)])
    late = store.transact(seen.work(confirm(PEOPLE[0], "old")))

    assert words == ["ok", "ok"]
    assert late == "superseded"


def test_a_choice_of_categories_is_carried_out_with_others(store):
    seen = Seen()
    some = confirm(PEOPLE[0], "r1", categories=("category_1",))
    works = [(one, seen.work(one)) for one in (some, confirm(PEOPLE[1], "r2"))]

    words = carry_out(store, works)

    assert words == ["ok", "ok"]
    assert len({id(one) for one in seen.connections}) == 1
    with store.read() as connection:
        held = replacement.hold(connection, some, NOW)
    assert held.subscription.left_categories == ["category_1"]
