"""
How many bytes does a subscription take, and how many a confirm, with their indexes?

``python -m benchmarks.row_sizes`` fills a database of each kind, and sends confirms as a browser
does. For the sizing in docs/operations.md.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sqlalchemy import text

from akunsub.pixel.app import create_app
from akunsub.platform import database as databases
from akunsub.platform import tables
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from benchmarks import report
from benchmarks.store_growth import making_databases

if TYPE_CHECKING:
    from collections.abc import Sequence

PEOPLE = 200_000
CONFIRMS = 10_000
#: What a browser sends from a page of another origin.
HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9",
    "Host": "unsubscribe.shop.example",
    "Origin": "https://shop.example",
    "Referer": "https://shop.example/",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-site",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36",
}
_FORM = "application/x-www-form-urlencoded;charset=UTF-8"


def fill(store: Store) -> None:
    """Add people, one message each, with identifiers of the usual length."""
    numbers = range(1, PEOPLE + 1)
    with store.write() as connection:
        connection.execute(
            tables.subscription.insert(),
            [
                {
                    "id": 1000 + n,
                    "account_id": 1,
                    "resource_id": 73,
                    "profile_id": f"{n:024x}",
                    "channel": "email",
                    "address": f"firstname.lastname{n}@example.com",
                    "status": "subscribed",
                }
                for n in numbers
            ],
        )
        connection.execute(
            tables.message.insert(),
            [{"smid": _smid(n), "subscription_id": 1000 + n} for n in numbers],
        )


def _smid(number: int) -> str:
    # As long as the documentation's.
    return f"f{number * 7919 % 10**9:09d}{number:030d}"


def confirm(store: Store) -> None:
    """Let people confirm."""
    client = create_app(store, production=True).test_client()
    for number in range(1, CONFIRMS + 1):
        body = (
            f"smid={_smid(number)}&id=MXw3Mw%3D%3D"
            f"&request_id=1763900000000-0.{number:016d}-0.{number:016d}&age_ms=0&v=1"
        )
        answer = client.post("/unsub/confirm", data=body, headers=HEADERS, content_type=_FORM)
        if answer.status_code != 200:
            raise SystemExit(f"a confirm was answered {answer.status_code}")


def sizes(database: str, kind: str) -> dict[str, int]:
    """Return how many bytes each table takes, with its indexes."""
    engine = databases.make_engine(databases.read_url(database), pool_size=1)
    with engine.execution_options(is_reader=True).connect() as connection:
        names = list(tables.metadata.tables)
        if kind == "postgresql":
            query = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
            found = {name: connection.scalar(query, {"name": name}) for name in names}
        else:
            query = text(
                "SELECT sum(pgsize) FROM dbstat WHERE name IN "
                "(SELECT name FROM sqlite_schema WHERE tbl_name = :name)"
            )
            found = {name: connection.scalar(query, {"name": name}) or 0 for name in names}
    engine.dispose()
    return found


def measure(kind: str) -> dict[str, float]:
    """Return the bytes of each row."""
    with making_databases(kind) as new:
        database = new(PEOPLE)
        store = Store(database, load_sample(), production=True)
        fill(store)
        before = sizes(database, kind)
        confirm(store)
        after = sizes(database, kind)
        store.close()
    return {
        "subscription": before["subscription"] / PEOPLE,
        "message": before["message"] / PEOPLE,
        "call": (after["call"] - before["call"]) / CONFIRMS,
        "answered_request": (after["answered_request"] - before["answered_request"]) / CONFIRMS,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, tell, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = ("sqlite", "postgresql")
    parser.add_argument("--databases", nargs="+", choices=kinds, default=kinds)
    options = parser.parse_args(argv)
    found = {kind: measure(kind) for kind in options.databases}
    names = list(next(iter(found.values())))
    rows: list[tuple[object, ...]] = [("bytes a row, with indexes", *found)]
    rows += [(name, *(round(one[name]) for one in found.values())) for name in names]
    report.say(report.table(rows))
    report.write("row_sizes", {"bytes": found, "versions": report.versions("akunsub")})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
