"""Thousands of refused calls: a process stays as large as it was, and so does its database."""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

import psutil
import pytest
from sqlalchemy import func, select

from akunsub.platform import tables
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from tests.fuzz import asking
from tests.fuzz.asking import Request
from tests.fuzz.test_fuzz_worst import WORST
from tests.fuzz.words import SMIDS

#: Pages of the ledger in SQLite's caches, and what the allocator keeps: not a call's worth each.
TOLERANCE_BYTES = 6 * 2**20
#: What a call may leave in caches that are still filling.
A_CALL_BYTES = 500
_WARM_UP = 600
_COUNTED = 1_000
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@pytest.fixture
def process(tmp_path):
    database = tmp_path / "growth.db"
    command = [sys.executable, "-m", "akunsub", "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        [*command, "--db", str(database)], stdout=subprocess.PIPE, cwd=tmp_path, text=True
    ) as started:
        try:
            url = json.loads(started.stdout.readline())["url"]
            yield psutil.Process(started.pid), urlsplit(url).port, database
        finally:
            started.terminate()


def refused(chance, worst=0.02):
    """A request that is refused, each with something of its own in it; or one of the *worst*."""
    own = f"{chance.getrandbits(64):x}"
    ids = f"request_id={own}&replaces={own}a&replaces={own}b".encode()
    kinds = [
        Request("POST", "/unsub/confirm", (FORM,), b"smid=f" + own.encode() + b"&" + ids),
        Request("POST", "/unsub/confirm", (FORM,), f"smid={SMIDS[0]}&".encode() + ids),
        Request("POST", "/unsub/cancel", (FORM,), f"smid={SMIDS[0]}&id=MXw3Mw==&".encode() + ids),
        Request("POST", "/unsub/confirm", (("Content-Type", own), ("Origin", own)), b"x"),
        Request("POST", f"/unsub/{own}", (("Accept", f"text/html,{own}/x"),), own.encode()),
        Request("GET", f"/u/f{own}", (("Accept-Language", own), ("User-Agent", own))),
        Request("POST", f"/manage/{SMIDS[0]}", (FORM,), f"do={own}".encode()),
        Request("POST", f"/api/v1.1/{own}", (("Request-ID", own),), b"{}"),
        Request(
            "POST", "/api/v1.1/subscriptions/get", (("Authorization", f"Bearer {own}"),), b"{}"
        ),
        Request("GET", f"/ak_list_unsubscribe.js?id={own}", (("Accept-Encoding", own),)),
        Request("GET", f"/_unsub/{own}", (("Host", f"{own}.example"),)),
        Request("PATCH", "/_unsub/resources/73", (), json.dumps({own: own}).encode()),
    ]
    if chance.random() < worst:
        path, content_type, body = WORST[chance.choice(["keys", "parts", "xml too many", "levels"])]
        return Request("POST", path, (("Content-Type", content_type),), body)
    return chance.choice(kinds)


def look(store):
    with store.read() as connection:
        rows = {
            one.name: connection.execute(select(one)).all()
            for one in tables.metadata.sorted_tables
            if one is not tables.call
        }
        return rows, connection.scalar(select(func.count()).select_from(tables.call))


def test_what_is_refused_leaves_no_object(watched):
    """Within a process, to the byte; what no object of Python holds is in the next test."""
    watched.begin()
    chance = random.Random(2)  # noqa: S311 (no secret)

    def send(count):
        for _ in range(count):
            asking.ask(watched.port, refused(chance, 0))
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        # Each thread has connections and caches of its own.
        before = send(300)
        after = send(300)
    finally:
        tracemalloc.stop()
    assert after - before < 300 * A_CALL_BYTES, f"{(after - before) / 300:.0f} bytes a call"


def test_what_is_refused_leaves_nothing_but_its_line_in_the_ledger(budget, process):
    running, port, database = process
    store = Store(database, load_sample(), pool_size=1)
    chance = random.Random(1)  # noqa: S311 (no secret)
    sizes = []
    counted = budget.more(_COUNTED)
    with ThreadPoolExecutor(8) as clients:
        # Each thread of the server has caches and memory of its own.
        list(
            clients.map(partial(asking.ask, port), [refused(chance, 0.1) for _ in range(_WARM_UP)])
        )
    before, recorded = look(store)
    sizes.append(running.memory_info().rss)
    lines = 0

    for _ in range(counted):
        request = refused(chance)
        status = asking.ask(port, request).status
        assert 400 <= status < 500, request
        lines += not request.target.startswith(("/_unsub", "/ak_"))
    sizes.append(running.memory_info().rss)

    after, recorded_after = look(store)
    store.close()
    assert after == before
    assert recorded_after - recorded == lines
    assert sizes[1] - sizes[0] < TOLERANCE_BYTES, f"{counted} requests, {sizes} bytes"
    assert running.num_fds() < 100
    assert running.num_threads() < 40
