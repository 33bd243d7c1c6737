"""
How many confirms a second, beside a bare route on the same server that inserts one row?

``python -m benchmarks.load [--databases sqlite postgresql] [--processes 1 2 4]`` starts so many
``akunsub serve --production`` on one database with 200,000 people, and the bare route beside them,
and lets wrk (apt-get install wrk) send to the one and the other in turns. It ends with 1 when
confirms are less than 0.7 of bare rows in a run's median, or one was not answered.

``--minutes 10`` sends confirms only, to two processes, and tells whether their memory grows.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from akunsub.platform import tables
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from benchmarks import report
from benchmarks.laboratory.load import Load, memory_mb, send, serving
from benchmarks.store_growth import make, making_databases

MIN_RATIO = 0.7
#: Of the bare route's figures and the product's, in one round.
KINDS = ("confirm", "bare")
_PACKAGES = ("akunsub", "flask", "waitress", "sqlalchemy", "psycopg")
#: In ten minutes; less is what a cache that fills may take.
MAX_GROWTH_MB = 5.0
# The limits count in whole minutes, this one and the one before: full after three at the latest.
_FILLING_S = 180


class People:
    """Gives every run smids that no run before it has used."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._next = 1

    def take(self, count: int) -> int:
        """Return the first of *count* smids; from the beginning when there are no more."""
        if self._next + count > self._count:
            self._next = 1
        first, self._next = self._next, self._next + count
        return first


def measure(database: str, processes: int, people: People, options: argparse.Namespace) -> dict:
    """Send to both in turns; return their medians and the ratio."""
    runs: dict[str, list[Load]] = {kind: [] for kind in KINDS}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="akunsub-load-"))
        servers = {
            kind: stack.enter_context(serving(kind, database, processes, Path(folder)))
            for kind in KINDS
        }
        # In short turns of changing order: whatever else the machine does hits both.
        for number in range(-1, options.rounds):
            for kind in KINDS if number % 2 else reversed(KINDS):
                share = int(options.seconds * options.most_per_second / processes)
                load = send(
                    kind,
                    servers[kind],
                    first=people.take(share * processes),
                    share=share,
                    seconds=options.seconds,
                    connections=options.connections,
                )
                # The first turn is to warm up.
                runs[kind] += [load] if number >= 0 else []
    pairs = zip(*(runs[kind] for kind in KINDS), strict=True)
    ratios = [confirm.per_second / bare.per_second for confirm, bare in pairs]
    figures = {
        kind: {
            name: round(statistics.median(getattr(one, name) for one in loads), 2)
            for name in ("per_second", "p50_ms", "p99_ms", "generator_cpu", "servers_cpu_ms")
        }
        | {"failed": sum(one.failed for one in loads)}
        for kind, loads in runs.items()
    }
    return {
        "processes": processes,
        **figures,
        "ratios": [round(one, 3) for one in ratios],
        "ratio": round(statistics.median(ratios), 3),
    }


def count_calls(database: str) -> int:
    """Return how many good confirms are in the ledger."""
    store = Store(database, load_sample())
    with store.read() as connection:
        found = connection.scalar(
            select(func.count()).where(tables.call.c.verdict == "good").select_from(tables.call)
        )
    store.close()
    return found or 0


def tell(kind: str, figures: list[dict]) -> None:
    """Print what was measured on one kind of database."""
    rows: list[tuple[object, ...]] = [
        (kind, "", "per second", "p50 ms", "p99 ms", "CPU ms", "wrk's CPU", "failed", "ratio")
    ]
    for one in figures:
        for name in KINDS:
            facts = one[name]
            rows.append(
                (
                    f"{one['processes']} processes",
                    name,
                    round(facts["per_second"]),
                    facts["p50_ms"],
                    facts["p99_ms"],
                    facts["servers_cpu_ms"],
                    facts["generator_cpu"],
                    facts["failed"],
                    one["ratio"] if name == "confirm" else None,
                )
            )
    report.say(report.table(rows, head=2))


def compare(options: argparse.Namespace) -> int:
    """Measure all that is asked for; 1 when a promise was not kept."""
    results: dict[str, list[dict]] = {}
    for kind in options.databases:
        with making_databases(kind) as new:
            database = new(options.people)
            make(database, options.people)
            people = People(options.people)
            results[kind] = [
                measure(database, processes, people, options) for processes in options.processes
            ]
        tell(kind, results[kind])
    found = [one for figures in results.values() for one in figures]
    kept = all(one["ratio"] >= MIN_RATIO and not one["confirm"]["failed"] for one in found)
    report.say(f"confirms to bare rows: at least {min(one['ratio'] for one in found)}")
    report.say(f"promised: {MIN_RATIO}, none failed: {'kept' if kept else 'NOT KEPT'}")
    facts = {"generator": "wrk", "connections": options.connections, "people": options.people}
    report.write("load", {**facts, "figures": results, "versions": report.versions(*_PACKAGES)})
    return 0 if kept else 1


def watch_memory(options: argparse.Namespace) -> int:
    """Send for minutes; 1 when the servers' memory grows all the time."""
    kind, processes = options.databases[0], options.processes[0]
    samples: list[tuple[float, float]] = []
    with making_databases(kind) as new, tempfile.TemporaryDirectory() as folder:
        database = new(options.people)
        make(database, options.people)
        people, answered, failed = People(options.people), 0, 0
        with serving("confirm", database, processes, Path(folder)) as servers:
            began = time.monotonic()
            while (passed := time.monotonic() - began) < options.minutes * 60:
                share = int(options.seconds * options.most_per_second / processes)
                load = send(
                    "confirm",
                    servers,
                    first=people.take(share * processes),
                    share=share,
                    seconds=options.seconds,
                    connections=options.connections,
                )
                answered, failed = answered + load.answered, failed + load.failed
                samples.append((time.monotonic() - began, memory_mb(servers)))
                report.say(f"{passed:5.0f} s  {samples[-1][1]:7.1f} MB  {load.per_second:.0f}/s")
    steady = [one for one in samples if one[0] > _FILLING_S]
    if len(steady) < 2:
        raise SystemExit("--minutes: the first three fill caches; give it 10")
    slope, _ = statistics.linear_regression(*zip(*steady, strict=True))
    growth = slope * 600
    kept = growth <= MAX_GROWTH_MB and not failed
    report.say(
        f"{kind}, {processes} processes, {answered:,} confirms, {failed} failed; memory grows by "
        f"{growth:.2f} MB in 10 minutes (at most {MAX_GROWTH_MB}): {'kept' if kept else 'NOT KEPT'}"
    )
    report.write(
        "load_memory",
        {"samples_s_mb": samples, "growth_mb_in_10_min": growth, "confirms": answered},
    )
    return 0 if kept else 1


def main(argv: list[str] | None = None) -> int:
    """Measure, tell, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"]
    )
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=4, help="of each turn")
    parser.add_argument("--connections", type=int, default=32, help="in all")
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument(
        "--most-per-second", type=int, default=2500, help="smids set apart for each second"
    )
    parser.add_argument("--minutes", type=float, help="watch the memory for so long instead")
    options = parser.parse_args(argv)
    return watch_memory(options) if options.minutes else compare(options)


if __name__ == "__main__":
    raise SystemExit(main())
