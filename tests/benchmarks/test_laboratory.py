from __future__ import annotations

import gzip
import time

import httpx

from benchmarks.laboratory.collector import Collector
from benchmarks.laboratory.schedule import run_side_by_side

MARK = "mark0123456789abcdef"


def test_works_run_side_by_side():
    steps = []

    def work(name, pause_s):
        steps.append(f"{name} begins")
        yield pause_s
        steps.append(f"{name} ends")

    run_side_by_side([work("long", 0.2), work("short", 0.1)], at_most=2)

    assert steps == ["long begins", "short begins", "short ends", "long ends"]


def test_no_more_than_allowed_are_under_way():
    under_way, most = 0, 0

    def work():
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        yield 0.01
        under_way -= 1

    run_side_by_side((work() for _ in range(7)), at_most=3)

    assert (most, under_way) == (3, 0)


def test_an_event_is_found_however_it_is_packed():
    bodies = [MARK.encode(), gzip.compress(MARK.encode()), f"a=%22{MARK}%22&b={MARK}".encode()]
    began = time.time()

    with Collector({"/v1/": {"success": True}}) as collector, httpx.Client() as client:
        answers = [client.post(f"{collector.url}/v1/t", content=body).json() for body in bodies]
        client.options(f"{collector.url}/v1/t", headers={"X-Mark": MARK})
        client.get(f"{collector.url}/pixel", params={"e": MARK})
        found = collector.arrivals(MARK)

    assert answers == [{"success": True}] * 3
    assert len(found) == 4
    assert all(began <= at <= time.time() for at in found)
