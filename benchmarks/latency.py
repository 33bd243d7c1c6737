"""
How long does a click take, beside one bare ``fetch``?

``python -m benchmarks.latency`` presses two buttons in turns: one calls this SDK, the other a
``fetch`` with the same fields to the same endpoint, each 100 times: of 30, the medians of two equal
senders were up to 5 % apart on a machine with two cores. The time is the page's own, from the click
event's time stamp to the answer. Between page and endpoint the fault proxy puts a round trip of
0, 50 and 200 ms: half of it each way for each request, and a whole one before the first request
of a connection, as the handshake of TCP takes. (It is the proxy that waits: the sockets connect
at once. TLS is not in it; it would cost a cold connection one round trip more.) "Stored" is when
the endpoint had answered, at its own end of the way.

It ends with 1 when the SDK takes more than 1.05 times as long as the fetch on a connection that
is open already, asks a preflight, sends more than one request for a click, or has not opened the
connection before the first one.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from akunsub.verify import engines
from akunsub.verify.serving import serving
from benchmarks import report
from benchmarks.laboratory import clicks
from benchmarks.laboratory.site import ISOLATED, Site
from tests import preconnecting
from tests.faults.client import FaultProxy

if TYPE_CHECKING:
    from akunsub.verify.engines import Engine
    from tests.faults.client import Lane

ROUND_TRIPS_MS = (0, 50, 200)
MAX_RATIO = 1.05
_WARM_UP = 5
_MOMENTS = ("stored_ms", "answered_ms")
_PACKAGES = ("akunsub", "playwright", "flask", "waitress")
#: Which button a page of each kind is for.
_FIRST = {
    "sdk": "sdk",
    "fetch with preconnect": "raw",
    "sdk without preconnect": "sdk",
    "fetch": "raw",
}


def measure_warm(
    engine: Engine, site: Site, lane: Lane, round_trip_ms: int, presses: int
) -> dict[str, Any]:
    """Press both buttons of one page in turns, on a connection that is open."""
    with engine.page() as page:
        clicks.open_page(page, clicks.publish(site, lane, "sdk"))
        for _ in range(_WARM_UP):
            for button in ("raw", "sdk"):
                clicks.press(engine, page, button)
        for _ in range(presses):
            for button in random.sample(("raw", "sdk"), 2):
                clicks.press(engine, page, button)
        way_s = round_trip_ms / 2000
        found = clicks.collect(page, lane, way_s, skip=2 * _WARM_UP)
    requests = lane.requests
    own = [one for one in requests if f"v={clicks.RAW_VERSION}" not in one["body"]]
    sdk, raw = _figures(found["sdk"]), _figures(found["raw"])
    return {
        "round_trip_ms": round_trip_ms,
        "sdk": sdk,
        "fetch": raw,
        "ratio": round(sdk["answered_ms"] / raw["answered_ms"], 3),
        "preflights": sum(one["method"] == "OPTIONS" for one in requests),
        "requests_per_click": len(own) / (presses + _WARM_UP),
        "connections": len({one["connection"] for one in requests}),
    }


def measure_first(
    engine: Engine, site: Site, proxy: FaultProxy, endpoint_url: str, round_trip_ms: int, pages: int
) -> dict[str, Any]:
    """Press once on each of many new pages, of every kind in turns; each has its own origin."""
    every: dict[str, clicks.Clicks] = {kind: clicks.Clicks() for kind in _FIRST}
    ahead: Counter[str] = Counter()
    way_s = round_trip_ms / 2000
    for _ in range(pages):
        for kind, button in random.sample(list(_FIRST.items()), len(_FIRST)):
            with (
                proxy.lane(endpoint_url, delay_ms=way_s * 1000) as lane,
                engine.page() as page,
            ):
                clicks.open_page(page, clicks.publish(site, lane, kind))
                ahead[kind] += bool(lane.connections)
                clicks.press(engine, page, button)
                found = clicks.collect(page, lane, way_s, skip=0)
            every[kind].answered_ms.extend(found[button].answered_ms)
            every[kind].stored_ms.extend(found[button].stored_ms)
    figures = {
        kind: _figures(found) | {"connected_before_the_click": ahead[kind] / pages}
        for kind, found in every.items()
    }
    return {"round_trip_ms": round_trip_ms, **figures}


def _figures(found: clicks.Clicks) -> dict[str, float]:
    low, middle, high = report.quartiles(found.answered_ms)
    return {
        "presses": len(found.answered_ms),
        "stored_ms": round(report.quartiles(found.stored_ms)[1], 2),
        "answered_ms": round(middle, 2),
        "answered_q1_ms": round(low, 2),
        "answered_q3_ms": round(high, 2),
    }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure all of it; return what is written down."""
    warm, first = [], []
    with ExitStack() as resources:
        folder = resources.enter_context(tempfile.TemporaryDirectory(prefix="akunsub-latency-"))
        endpoint = resources.enter_context(serving(str(Path(folder, "latency.db"))))
        proxy = resources.enter_context(FaultProxy())
        site = resources.enter_context(Site(ISOLATED))
        playwright = resources.enter_context(sync_playwright())
        engine = resources.enter_context(preconnecting.launched(playwright, options.engine))
        for round_trip_ms in ROUND_TRIPS_MS:
            with proxy.lane(endpoint.url, delay_ms=round_trip_ms / 2) as lane:
                warm.append(measure_warm(engine, site, lane, round_trip_ms, options.presses))
            first.append(
                measure_first(engine, site, proxy, endpoint.url, round_trip_ms, options.pages)
            )
        versions = report.versions(*_PACKAGES) | {options.engine: engine.version}
    return {"warm": warm, "first_click": first, "max_ratio": MAX_RATIO, "versions": versions}


def find_faults(found: dict[str, Any]) -> list[str]:
    """Return every promise that was not kept, in words."""
    faults = []
    for one in found["warm"]:
        at = f"at {one['round_trip_ms']} ms"
        if one["ratio"] > MAX_RATIO:
            faults.append(f"{at}: {one['ratio']} times as long as a fetch, more than {MAX_RATIO}")
        if one["preflights"]:
            faults.append(f"{at}: {one['preflights']} preflights")
        if one["requests_per_click"] != 1:
            faults.append(f"{at}: {one['requests_per_click']} requests for a click")
    for one in found["first_click"]:
        ahead = one["sdk"]["connected_before_the_click"]
        if ahead < 1:
            faults.append(f"at {one['round_trip_ms']} ms: {ahead:.0%} of pages had connected")
    return faults


def _tables(found: dict[str, Any]) -> str:
    warm: list[tuple[object, ...]] = [
        (
            "open connection, ms",
            *("stored", "answered", "fetch stored", "fetch answered", "ratio"),
            *("preflights", "requests a click", "connections"),
        )
    ]
    for one in found["warm"]:
        times = [one[kind][what] for kind in ("sdk", "fetch") for what in _MOMENTS]
        counts = [one["preflights"], f"{one['requests_per_click']:g}", one["connections"]]
        head = f"round trip {one['round_trip_ms']}"
        warm.append((head, *times, f"{one['ratio']:.3f}", *counts))
    head = ("first click, 1 s after the page, answered ms", *_FIRST, "ratio, both with preconnect")
    first: list[tuple[object, ...]] = [head]
    for one in found["first_click"]:
        answered = [one[kind]["answered_ms"] for kind in _FIRST]
        ratio = f"{answered[0] / answered[1]:.3f}"
        first.append((f"round trip {one['round_trip_ms']}", *answered, ratio))
    return report.table(warm) + "\n\n" + report.table(first)


def main(argv: list[str] | None = None) -> int:
    """Measure, tell, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=100, help="of each button")
    parser.add_argument("--pages", type=int, default=30, help="new ones, of each kind")
    parser.add_argument("--engine", choices=engines.ENGINE_NAMES, default="chromium")
    options = parser.parse_args(argv)
    found = measure(options)
    faults = find_faults(found)
    report.say(_tables(found))
    for fault in faults:
        report.say(f"NOT KEPT: {fault}")
    if not faults:
        report.say(f"kept: at most {MAX_RATIO} times a fetch, no preflight, one request a click")
    report.write(f"latency_{options.engine}", found)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
