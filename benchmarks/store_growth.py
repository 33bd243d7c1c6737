"""
Does a confirm take longer when a million people are subscribed than when a thousand are?

``python -m benchmarks.store_growth [--database postgresql]`` starts a real endpoint for each size
and sends confirms of random smids over one kept connection each. It does so in turns, so that
whatever else the machine does hits all sizes alike. It ends with 1 when the median grew too much.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import random
import statistics
import tempfile
import time
import uuid
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit

from sqlalchemy import ColumnElement, Text, case, cast, insert, literal, select, text

from akunsub.platform import database as databases
from akunsub.platform import tables
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from akunsub.verify.serving import serving
from benchmarks import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Table

SIZES = (1_000, 100_000, 1_000_000)
#: Half as much again. More would mean that something is looked through from end to end.
MAX_RATIO = 1.5
_MAX_CALLS = 100_000
_WARM_UP = 30
_SCRIPT_ID = "MXw3Mw=="
_PACKAGES = ("akunsub", "sqlalchemy", "psycopg", "flask", "waitress")

_FIRST_ID = 1_000  # After the sample's own.
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
#: Answers given then are not over, so none of them goes while we measure.
_YET_TO_COME = datetime(2099, 1, 1, tzinfo=UTC)
_REQUEST = {
    "method": "POST",
    "path": "/unsub/confirm",
    "headers": {"User-Agent": "Mozilla/5.0 " + "x" * 90, "Accept": "application/json"},
    "body": "smid=fGrowth1&id=MXw3Mw%3D%3D",
}
_ANSWER = {"status": 200, "body": "x" * 200}

Row = dict[str, object]


class Endpoint(NamedTuple):
    """One running endpoint, and a connection to it that is kept."""

    size: int
    connection: http.client.HTTPConnection
    milliseconds: list[float]


def fill(connection: Connection, size: int) -> None:
    """Put in *size* subscriptions with a message each, and calls and first answers beside them."""
    calls = min(size, _MAX_CALLS)
    _insert(connection, tables.subscription, size, _subscription)
    _insert(connection, tables.message, size, lambda n: {"smid": _smid(n), "subscription_id": n})
    _insert(connection, tables.category_choice, size // 10, _choice)
    _insert(connection, tables.call, calls, _call)
    _insert(connection, tables.answered_request, calls, _first_answer)


def _subscription(n: ColumnElement[int]) -> Row:
    return {
        "id": n,
        "account_id": 1,
        "resource_id": 73,
        "profile_id": _numbered("p", n),
        "channel": "email",
        "address": _numbered("person", n).concat("@example.com"),
        # One in 17 has left already.
        "status": case((n % 17 == 0, "unsubscribed"), else_="subscribed"),
    }


def _choice(n: ColumnElement[int]) -> Row:
    return {"subscription_id": n, "name": "category_1", "is_left": True, "chosen_at": _LONG_AGO}


def _call(n: ColumnElement[int]) -> Row:
    good = {"verdict": "good", "reason": "ok", "rule": "ok", "warnings": []}
    wire = {"request": _REQUEST, "answer": _ANSWER}
    return {
        "at": _LONG_AGO,
        "action": "confirm",
        "smid": _smid(n),
        "resource_id": 73,
        **good,
        **wire,
    }


def _first_answer(n: ColumnElement[int]) -> Row:
    return {
        "request_id": _numbered("r", n),
        "fingerprint": "f" * 80,
        "answered_at": _YET_TO_COME,
        "answer": _ANSWER,
    }


def _smid(n: ColumnElement[int]) -> ColumnElement[str]:
    return _numbered("fGrowth", n - _FIRST_ID)


def _numbered(prefix: str, n: ColumnElement[int]) -> ColumnElement[str]:
    return literal(prefix, Text).concat(cast(n, Text))


def _insert(
    connection: Connection,
    table: Table,
    count: int,
    row: Callable[[ColumnElement[int]], Row],
) -> None:
    """Insert *count* rows by one statement: *row* gives the columns for each id."""
    numbers = select(literal(_FIRST_ID + 1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < _FIRST_ID + count))
    columns = row(numbers.c.n)
    values = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in columns.items()
    ]
    connection.execute(insert(table).from_select(list(columns), select(*values)))


def make(database: str, size: int) -> None:
    """Make a database with *size* subscriptions, as it is after a while: analyzed and written."""
    store = Store(database, load_sample())
    with store.write() as connection:
        fill(connection, size)
    store.close()
    engine = databases.make_engine(databases.read_url(database), pool_size=1)
    with engine.execution_options(is_reader=True).connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        else:
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            autocommit.execute(text("VACUUM ANALYZE"))
            autocommit.execute(text("CHECKPOINT"))
    engine.dispose()


@contextlib.contextmanager
def connected(database: str, size: int) -> Iterator[Endpoint]:
    """Run the endpoint on *database*, with a connection to it."""
    with serving(database) as served:
        connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=60)
        yield Endpoint(size, connection, [])
        connection.close()


def confirm(endpoint: Endpoint) -> float:
    """Send one confirm of a random person; return the milliseconds until its answer was read."""
    number = random.randint(1, endpoint.size)  # noqa: S311 (no secret)
    fields = {
        "smid": f"fGrowth{number}",
        "id": _SCRIPT_ID,
        "request_id": uuid.uuid4().hex,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    began = time.perf_counter()
    endpoint.connection.request("POST", "/unsub/confirm", urlencode(fields), headers)
    answer = endpoint.connection.getresponse()
    body = answer.read()
    taken = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise SystemExit(f"a confirm was answered {answer.status}: {body!r}")
    return taken


def measure(endpoints: list[Endpoint], count: int) -> None:
    """Send *count* confirms to each endpoint, in turns of changing order."""
    for endpoint in endpoints:
        for _ in range(_WARM_UP):
            confirm(endpoint)
    for _ in range(count):
        for endpoint in random.sample(endpoints, len(endpoints)):
            endpoint.milliseconds.append(confirm(endpoint))


@contextlib.contextmanager
def making_databases(kind: str) -> Iterator[Callable[[int], str]]:
    """Give a function that names a new database for a size."""
    with tempfile.TemporaryDirectory(prefix="akunsub-growth-") as folder:
        if kind == "sqlite":
            yield lambda size: str(Path(folder, f"{size}.db"))
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pgserver
        server = pgserver.get_server(Path(folder, "server"), cleanup_mode="delete")

        def create(size: int) -> str:
            server.psql(f"CREATE DATABASE growth_{size};")
            return str(server.get_uri(f"growth_{size}"))

        try:
            yield create
        finally:
            server.cleanup()


def summarize(endpoints: list[Endpoint], kind: str) -> dict[str, object]:
    """Return what was measured, where, and with what."""
    figures = []
    for endpoint in endpoints:
        taken = sorted(endpoint.milliseconds)
        figures.append(
            {
                "subscriptions": endpoint.size,
                "calls": min(endpoint.size, _MAX_CALLS),
                "confirms": len(taken),
                "p50_ms": round(statistics.median(taken), 3),
                "p99_ms": round(statistics.quantiles(taken, n=100)[98], 3),
            }
        )
    return {
        "database": kind,
        "figures": figures,
        "ratio_p50": round(figures[-1]["p50_ms"] / figures[0]["p50_ms"], 3),
        "max_ratio_p50": MAX_RATIO,
        "versions": report.versions(*_PACKAGES),
    }


def main(argv: list[str] | None = None) -> int:
    """Measure, tell, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--confirms", type=int, default=400, help="for each size")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options = parser.parse_args(argv)
    with contextlib.ExitStack() as stack:
        new = stack.enter_context(making_databases(options.database))
        endpoints = []
        for size in options.sizes:
            database = new(size)
            make(database, size)
            endpoints.append(stack.enter_context(connected(database, size)))
        measure(endpoints, options.confirms)
    summary = summarize(endpoints, options.database)
    rows: list[tuple[object, ...]] = [(options.database, "p50 ms", "p99 ms")]
    rows += [
        (one["subscriptions"], one["p50_ms"], one["p99_ms"])
        for one in summary["figures"]  # type: ignore[attr-defined]
    ]
    report.say(f"{options.confirms} confirms each\n{report.table(rows)}")
    report.say(f"p50, largest to smallest: {summary['ratio_p50']} (at most {MAX_RATIO})")
    report.write(f"store_growth_{options.database}", summary)
    return 0 if float(str(summary["ratio_p50"])) <= MAX_RATIO else 1


if __name__ == "__main__":
    raise SystemExit(main())
