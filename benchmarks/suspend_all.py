"""
How long does a person wait while a million subscriptions are suspended?

Fills a database by SQL, starts the real server, and lets people confirm while subscriptions/
suspend_all and unsuspend_all run. Run it from a checkout:

    python -m benchmarks.suspend_all [--rows 1000000] [--db postgresql+psycopg://…]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from sqlalchemy import create_engine, text

from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from akunsub.verify.serving import Served, serving
from benchmarks import report

TOKEN = "abcdefghijklmnqrstuvwxyz"  # noqa: S105 (the sample's)
SCRIPT_ID = "MXw3Mw=="
LONGEST_CONFIRM_S = 1.0
PEOPLE = 4

NUMBERS = {
    "sqlite": "WITH RECURSIVE series(n) AS "
    "(SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :rows) SELECT n FROM series",
    "postgresql": "SELECT generate_series AS n FROM generate_series(1, :rows)",
}
SUBSCRIPTIONS = """
INSERT INTO subscription (account_id, resource_id, db_id, profile_id, channel, address, status)
SELECT 1, 73, 1, 'bench' || n, 'email', n || '@example.com', 'subscribed' FROM ({numbers}) s
"""
MESSAGES = """
INSERT INTO message (smid, subscription_id)
SELECT 'fBench' || id, id FROM subscription WHERE profile_id LIKE 'bench%'
"""


def main() -> int:
    """Measure, print a table, write the results; 1 when somebody waited too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--db", help="A database URL. Default: a new SQLite file.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="akunsub-bench-") as scratch:
        database = options.db or str(Path(scratch, "bench.db"))
        backend, ids = fill(database, options.rows)
        with serving(database) as endpoint:
            measured = [
                measure(endpoint, name, ids) for name in ("(none)", "suspend_all", "unsuspend_all")
            ]
            memory_mb = peak_memory_mb(endpoint)
    tell(backend, options.rows, measured, memory_mb)
    return int(max(one["longest_confirm_ms"] for one in measured) > LONGEST_CONFIRM_S * 1000)


def fill(database: str, rows: int) -> tuple[str, list[int]]:
    """Add *rows* subscriptions with a message each; return the backend and some of their ids."""
    store = Store(database, load_sample())
    store.reset()
    store.close()
    url = database if "://" in database else f"sqlite:///{database}"
    engine = create_engine(url)
    backend = engine.dialect.name
    with engine.begin() as connection:
        insert = SUBSCRIPTIONS.format(numbers=NUMBERS[backend])
        connection.execute(text(insert), {"rows": rows})
        connection.execute(text(MESSAGES))
        found = connection.execute(
            text("SELECT id FROM subscription WHERE profile_id LIKE 'bench%' ORDER BY id")
        )
        ids = [row[0] for row in found]
    engine.dispose()
    # From all over the table, so that confirms meet the batch under way as well.
    step = 7919
    return backend, [ids[(index * step) % len(ids)] for index in range(min(len(ids), 200_000))]


def post(endpoint: Served, path: str, fields: dict[str, object]) -> dict[str, object]:
    """Send JSON; return the answer, which must be a success."""
    request = urllib.request.Request(  # noqa: S310 (our own)
        endpoint.url + path,
        json.dumps(fields).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310
        found: dict[str, object] = json.load(answer)
    return found


def peak_memory_mb(endpoint: Served) -> float | None:
    """Return the most memory that the server has held; None where the system does not say."""
    status = Path(f"/proc/{endpoint.process_id}/status")
    if not status.exists():
        return None
    line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
    return round(int(line.split()[1]) / 1024, 1)


def measure(endpoint: Served, name: str, ids: list[int]) -> dict[str, float]:
    """Let people confirm while *name* runs; "(none)" is ten seconds without."""
    stop = threading.Event()
    waited: list[float] = []

    def be_a_person(own: list[int]) -> None:
        for number in own:
            if stop.is_set():
                return
            began = time.perf_counter()
            fields: dict[str, object] = {"smid": f"fBench{number}", "id": SCRIPT_ID}
            post(endpoint, "/unsub/confirm", fields)
            waited.append(time.perf_counter() - began)
            # People do not press all the time: some 20 confirms a second in all.
            stop.wait(0.2)

    people = [
        threading.Thread(target=be_a_person, args=(ids[index::PEOPLE],)) for index in range(PEOPLE)
    ]
    for one in people:
        one.start()
    began, updated = time.perf_counter(), 0
    if name == "(none)":
        time.sleep(10)
    else:
        fields = {"token": TOKEN, "db_id": 1}
        answer = post(endpoint, f"/api/v1.1/subscriptions/{name}", fields)
        updated = int(str(answer["updated"]))
    took = time.perf_counter() - began
    stop.set()
    for one in people:
        one.join()
    waited.sort()
    return {
        "method": name,  # type: ignore[dict-item]
        "updated": updated,
        "seconds": round(took, 1),
        "confirms": len(waited),
        "median_confirm_ms": round(waited[len(waited) // 2] * 1000, 1),
        "longest_confirm_ms": round(waited[-1] * 1000, 1),
    }


def tell(
    backend: str, rows: int, measured: list[dict[str, float]], memory_mb: float | None
) -> None:
    """Print a table and write JSON."""
    names = list(measured[0])
    report.say(report.table([names, *([one[name] for name in names] for one in measured)]))
    report.say(f"{backend}, {rows:,} rows; the server's peak memory: {memory_mb} MB")
    facts = {"backend": backend, "rows": rows, "peak_memory_mb": memory_mb, "runs": measured}
    report.write("suspend_all", {**facts, "versions": report.versions("akunsub", "sqlalchemy")})


if __name__ == "__main__":
    raise SystemExit(main())
