"""One run: two endpoints, two relays, a database, a platform; people; trouble; then the audit."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from akunsub.platform import outbox
from akunsub.platform.settings_file import load_sample, read_sample
from akunsub.platform.store import Database
from tests.chaos.audit import Audit, audit
from tests.chaos.people import People
from tests.chaos.programs import Postgresql, Program, free_port, wait_until_it_answers
from tests.chaos.trouble import Trouble
from tests.faults.client import FaultProxy

_THREADS = 6
_PACE_S = 0.08
#: People a second, at most, so many smids are needed.
_PEOPLE_PER_S = _THREADS / _PACE_S
_SETTLE_S = 120
_CATEGORIES = [None, None, ["category_1"], ["cat_to_unsub", "category_2"]]


def run(seed: int, seconds: float, databases: Any = None) -> tuple[Audit, dict[str, Any]]:
    """
    Return what the audit found, and what had been done.

    Args:
        seed: Of the trouble.
        seconds: Under trouble; before and after it takes some 20 s more.
        databases: Those of a PostgreSQL server; None: SQLite.
    """
    with tempfile.TemporaryDirectory(prefix="akunsub-chaos-") as name, ExitStack() as running:
        folder = Path(name)
        wishes = [
            (f"fChaos{number:034d}", _CATEGORIES[number % len(_CATEGORIES)])
            for number in range(int(seconds * _PEOPLE_PER_S) + 100)
        ]
        platform = _start_platform(folder, running, [smid for smid, _ in wishes])
        lane = running.enter_context(running.enter_context(FaultProxy()).lane(platform))
        postgresql = Postgresql(databases) if databases else None
        programs, urls = _start_gateway(folder, running, lane.url, postgresql)
        people = People(urls, wishes, _PACE_S)
        threads = people.run(_THREADS)
        trouble = Trouble(seed, programs, postgresql, lane)
        try:
            trouble.make(seconds)
        finally:
            people.stopped.set()
            for one in threads:
                one.join()
        gateway = Database(_database(folder, postgresql), pool_size=1)
        running.callback(gateway.close)
        settled_s = _wait_until_settled(gateway)
        there = Database(folder / "platform" / "akunsub.db", pool_size=1)
        running.callback(there.close)
        found = audit(people, gateway, there)
        with gateway.read() as connection:
            dead = outbox.list_rows(connection, state="dead", limit=10)
        facts = {
            "seed": seed,
            "done": trouble.done,
            "starts": {one.name: one.starts for one in programs},
            "began": len(people.begun),
            "refused": people.refused,
            "dead": [row["reason"] for row in dead],
            "settled_s": round(settled_s, 1),
        }
        return found, facts | asdict(found)


def _database(folder: Path, postgresql: Postgresql | None) -> str:
    return postgresql.url if postgresql else str(folder / "gateway" / "akunsub.db")


def _start_platform(folder: Path, running: ExitStack, smids: list[str]) -> str:
    """Start this product's own emulation; it is not killed, as its database is the evidence."""
    home = folder / "platform"
    home.mkdir()
    messages = "".join(
        f'\n[[messages]]\nsmid = "{smid}"\naccount_id = 1\nresource_id = 73\n'
        f'address = "{number}@example.com"\nprofile_id = "{number:024x}"\n'
        for number, smid in enumerate(smids)
    )
    (home / "akunsub.toml").write_text(read_sample() + messages)
    port = free_port()
    platform = Program("platform", ["serve", "--port", str(port)], home)
    platform.start()
    running.callback(platform.end)
    wait_until_it_answers(port)
    return f"http://127.0.0.1:{port}"


def _start_gateway(
    folder: Path, running: ExitStack, upstream: str, postgresql: Postgresql | None
) -> tuple[list[Program], list[str]]:
    home = folder / "gateway"
    home.mkdir()
    (home / "token").write_text(load_sample().api.token)
    (home / "akunsub.toml").write_text(
        f'[upstream]\nurl = "{upstream}"\ntoken_file = "token"\ntimeout_seconds = 1\n'
        "first_retry_seconds = 0.2\nmax_tries = 100\n"
    )
    database = ["--db", _database(folder, postgresql)]
    ports = [free_port(), free_port()]
    programs = [
        *(
            Program(f"serve-{port}", ["serve", "--no-relay", "--port", str(port), *database], home)
            for port in ports
        ),
        *(Program(f"relay-{number}", ["relay", *database], home) for number in (1, 2)),
    ]
    for one in programs:
        one.start()
        running.callback(one.end)
    for port in ports:
        wait_until_it_answers(port)
    return programs, [f"http://127.0.0.1:{port}" for port in ports]


def _wait_until_settled(gateway: Database) -> float:
    """Wait until nothing waits any more; return how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < _SETTLE_S:
        with gateway.read() as connection:
            if not outbox.list_rows(connection, state="waiting", limit=1):
                break
        time.sleep(0.2)
    return time.monotonic() - began
