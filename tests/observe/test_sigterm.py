"""SIGTERM to a real process while people confirm: every good answer is in the store."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import threading
import time
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from akunsub.platform import tables
from akunsub.platform.settings_file import parse_settings, read_sample
from akunsub.platform.store import Store
from tests.conftest import SCRIPT_ID
from tests.test_cli import started

CLIENTS = 24
BOUND_S = 10
MESSAGE = """
[[messages]]
smid = "{smid}"
account_id = 1
resource_id = 73
address = "{smid}@example.com"
profile_id = "{number:024x}"
"""
# What a client may see instead of an answer: its connection was closed, or refused.
GONE = (http.client.RemoteDisconnected, ConnectionError)


class Person:
    """Confirms one message after the other, on one connection or on a new one for each."""

    def __init__(self, url, smids, *, keeps_alive):
        self._host, self._smids = url.removeprefix("http://"), smids
        self._headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._headers |= {} if keeps_alive else {"Connection": "close"}
        #: By smid: the answer; None: none came.
        self.answers = {}

    def run(self):
        with contextlib.closing(http.client.HTTPConnection(self._host, timeout=30)) as connection:
            for smid in self._smids:
                self.answers[smid] = None
                body = urlencode({"smid": smid, "id": SCRIPT_ID, "request_id": f"r-{smid}"})
                try:
                    connection.request("POST", "/unsub/confirm", body, self._headers)
                    self.answers[smid] = json.load(connection.getresponse())["error"]
                except ConnectionRefusedError:
                    return
                except GONE:
                    connection.close()


@pytest.mark.parametrize("after_answers", [1, 100])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_good_answer_is_stored(tmp_path, request, database, after_answers):
    smids = [f"fPerson{number:04}" for number in range(CLIENTS * 30)]
    messages = (MESSAGE.format(smid=smid, number=n) for n, smid in enumerate(smids))
    (tmp_path / "akunsub.toml").write_text(read_sample() + "".join(messages))
    at = str(tmp_path / "unsub.db")
    if database == "postgresql":
        at = request.getfixturevalue("postgresql").new()
    settings = parse_settings(read_sample(), source="sample")

    with started("serve", "--port", "0", "--db", at, cwd=tmp_path) as (process, facts):
        people = [
            Person(facts["url"], smids[number::CLIENTS], keeps_alive=number % 2 == 0)
            for number in range(CLIENTS)
        ]
        threads = [threading.Thread(target=person.run) for person in people]
        for thread in threads:
            thread.start()
        while sum(list(one.answers.values()).count(0) for one in people) < after_answers:
            time.sleep(0.001)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        status = process.wait(timeout=BOUND_S + 10)
        took = time.monotonic() - began
        for thread in threads:
            thread.join(timeout=60)

    store = Store(at, settings)
    with store.read() as connection:
        call = tables.call
        recorded = set(connection.scalars(select(call.c.smid).where(call.c.verdict == "good")))
        answered = select(tables.answered_request.c.request_id)
        kept = {one.removeprefix("r-") for one in connection.scalars(answered)}
    store.close()
    told = {smid: error for one in people for smid, error in one.answers.items()}
    good = {smid for smid, error in told.items() if error == 0}
    assert (status, took < BOUND_S) == (0, True)
    assert after_answers <= len(good) < len(smids)
    assert set(told.values()) <= {0, None}
    assert good <= recorded
    assert good <= kept
    # Who got no answer was not acted upon either.
    assert recorded == kept == good
