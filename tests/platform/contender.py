"""
One of two processes that want the same subscription: ``contender.py plan.json`` does the calls.

Each call and its line in the ledger are one transaction, as in ``pixel.calls``. The two meet before
every tenth call: else the one that SQLite's lock favours may be done before the other's turn.
"""

from __future__ import annotations

import json
import socket
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from akunsub.platform import ledger, replacement
from akunsub.platform.deduplication import FirstAnswer
from akunsub.platform.intents import Intent
from akunsub.platform.settings import Message
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store

SMID = "fSampleDelayedJohn000000000000000000005"
OTHER_SMID = "fSecondMessageToJohn"
MARYS_SMID = "fMessageToMary"
CALLS_BETWEEN_MEETINGS = 10


def settings():
    """The sample, with a second message in the mode "delayed", and one to somebody else."""
    sample = load_sample()
    first = next(one for one in sample.messages if one.smid == SMID)
    second = Message(**first.model_dump() | {"smid": OTHER_SMID})
    marys = Message(**first.model_dump() | {"smid": MARYS_SMID, "address": "mary@example.com"})
    return sample.model_copy(update={"messages": (*sample.messages, second, marys)})


def to_intent(fields):
    categories = fields["categories"]
    return Intent(
        fields["action"],
        smid=fields["smid"],
        categories=None if categories is None else tuple(categories),
        script_id="MXw3NA==",
        request_id=fields["request_id"],
        replaces=tuple(fields.get("replaces", ())),
    )


def do(connection, name, fields):
    intent = to_intent(fields)
    now = datetime.now(UTC)
    word, outcome = "duplicate", None
    held = replacement.hold(connection, intent, now)
    if intent.request_id:
        first = held.requests.find_answer(intent.request_id)
        outcome = None if first is None else first.answer
    if outcome is None:
        applied = replacement.apply(connection, intent, now, held)
        word, outcome = applied.word, applied.outcome.as_dict()
        if intent.request_id and applied.made_at is not None:
            first = FirstAnswer("", outcome, applied.made_at)
            held.requests.keep_answer(connection, intent.request_id, first)
    call = ledger.Call(
        at=now,
        action=intent.action,
        smid=intent.smid,
        categories=intent.categories,
        resource_id=74,
        verdict="good",
        reason=word,
        rule=word,
        request=fields | {"by": name, "now": now.isoformat()},
        answer=outcome,
    )
    ledger.record(connection, call)


def meet(other):
    other.sendall(b".")
    if other.recv(1) != b".":
        raise EOFError("the other process has ended before its time")


def main(database, name, calls, socket_fd):
    store = Store(database, settings())
    other = socket.socket(fileno=socket_fd)
    for number, fields in enumerate(calls):
        if number % CALLS_BETWEEN_MEETINGS == 0:
            meet(other)
        tries = count(1)
        store.transact(
            lambda connection, fields=fields, tries=tries: do(
                connection, name, fields | {"tries": next(tries)}
            )
        )
    store.close()


if __name__ == "__main__":
    main(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
