"""
Does a click arrive when something goes wrong?

``python -m benchmarks.delivery`` lets somebody press a button on a page, again and again, while
the connection drops, the server is down, the tab is closed …, and counts what arrived: at this
SDK's real endpoint, and at a server that answers as the others' do. Page and server are two
origins, 40 ms apart; every try has a browser context, a fault proxy and a person of its own. What
tries again is given a second visit. It ends with 1 when this SDK lost something, stored something
twice, did not keep its promise, or when anything else delivered more in any column.

Copies are counted at every server's door. Many SDKs send an id with which their own servers may
drop them; only this SDK's endpoint is here to do so, and what it stored twice is a fault.

A run replaces the cells that it measured; the table shows all that there are of the same versions.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from benchmarks import report
from benchmarks.laboratory.rows import Setting, measure
from benchmarks.laboratory.scenarios import BY_NAME, SCENARIOS, WAY_MS
from benchmarks.laboratory.verdict import find_faults
from benchmarks.peers import PACKAGES, PEERS, RAW, npm, ours

SENDERS = {sender.key: sender for sender in (*RAW, *PEERS, ours.SENDER)}
_PACKAGES = ("akunsub", "playwright", "flask", "waitress")

Row = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    """Measure, tell, and write the figures down."""
    options = _options(argv)
    keys = options.only or list(SENDERS)
    if any(SENDERS[key].packages for key in keys):
        try:
            npm.install(PACKAGES)
        except npm.NpmError as error:
            report.say(f"without the others: {error}")
            keys = [key for key in keys if not SENDERS[key].packages]
    name = f"delivery_{options.engine}"
    rows = _read(name)
    scenarios = [BY_NAME[fault] for fault in options.faults or BY_NAME]
    setting = Setting(options.engine, options.tries, options.side_by_side)
    for key in keys:
        rows[key] = _measure_row(key, scenarios, setting, rows.get(key))
        # At once: a run of hours that is interrupted has measured something.
        _write(name, rows)
        report.say(f"measured: {SENDERS[key].title}")
    rows = {key: rows[key] for key in SENDERS if key in rows}
    report.say(_arrivals(rows) + "\n\n" + _times(rows) + "\n")
    for scenario in SCENARIOS:
        report.say(f"{scenario.name:>13}: {scenario.what}")
    report.say("n: arrived; +n: when the page was opened again; cn: copies received; .: not tried")
    report.say("median seconds: of those that arrived without a second visit")
    for row in rows.values():
        days = sorted({cell["measured_at"][:10] for cell in row["cells"].values()})
        tried = f"{row['tries']} tries, {' and '.join(days)}"
        report.say(f"{row['title']}: {tried}; {row['settings'] or 'nothing to set'}")
    faults = find_faults(rows)
    for fault in faults:
        report.say(f"NOT KEPT: {fault}")
    missing = [key for key in SENDERS if set(BY_NAME) - set(rows.get(key, {}).get("cells", ()))]
    if missing:
        report.say(f"not all was measured, so nothing is said to be kept: {', '.join(missing)}")
    elif not faults:
        others = len(rows) - 1
        report.say(f"kept: nothing lost, none stored twice, none of {others} others delivered more")
    return 1 if faults else 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=20, help="for each cell of the table")
    parser.add_argument("--only", type=_names(SENDERS), metavar="SDK,…", help=", ".join(SENDERS))
    parser.add_argument("--faults", type=_names(BY_NAME), metavar="A,B", help=", ".join(BY_NAME))
    parser.add_argument("--engine", choices=("chromium", "firefox", "webkit"), default="chromium")
    parser.add_argument("--side-by-side", type=int, default=30, help="tries at a time")
    return parser.parse_args(argv)


def _names(known: dict[str, Any]) -> Any:  # noqa: ANN401 (what argparse calls)
    def parse(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(known):
            raise argparse.ArgumentTypeError(f"not known: {', '.join(sorted(unknown))}")
        return names

    return parse


def _measure_row(key: str, scenarios: list[Any], setting: Setting, before: Row | None) -> Row:
    cells, version = measure(SENDERS[key], scenarios, setting)
    row = {
        "title": SENDERS[key].title,
        "settings": SENDERS[key].settings,
        "tries": setting.tries,
        "versions": {setting.engine: version, **_versions(key)},
    }
    is_same = before is not None and all(before.get(name) == row[name] for name in row)
    kept = before["cells"] if before and is_same else {}
    return {**row, "cells": {**kept, **{cell["scenario"]: cell for cell in cells}}}


def _versions(key: str) -> dict[str, str]:
    """Return a peer's packages; of this SDK the name that the manifest gives the build."""
    if key != ours.SENDER.key:
        return SENDERS[key].packages
    manifest = json.loads((ours.FILE.parent / "manifest.json").read_text(encoding="utf-8"))
    return {"file": manifest["files"][ours.FILE.name]["hashed_name"]}


def _arrivals(rows: dict[str, Row]) -> str:
    head = [f"arrived, round trip {2 * WAY_MS} ms", *BY_NAME]
    body = [
        [row["title"], *(_shown(row["cells"].get(name)) for name in BY_NAME)]
        for row in rows.values()
    ]
    return report.table([head, *body])


def _shown(cell: dict[str, Any] | None) -> str | None:
    if cell is None or not cell["tries"]:
        return None
    late = f"+{cell['delivered_on_revisit']}" if cell["delivered_on_revisit"] else ""
    copies = f" c{cell['copies']}" if cell["copies"] else ""
    return f"{cell['delivered']}{late}{copies}"


def _times(rows: dict[str, Row]) -> str:
    head = ["median seconds", *BY_NAME]

    def seconds(cell: dict[str, Any] | None) -> str | None:
        return f"{cell['median_s']:.1f}" if cell and cell["median_s"] is not None else None

    body = [
        [row["title"], *(seconds(row["cells"].get(name)) for name in BY_NAME)]
        for row in rows.values()
    ]
    return report.table([head, *body])


def _read(name: str) -> dict[str, Row]:
    path = report.RESULTS / f"{name}.json"
    found = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else {}
    return {key: found[key] for key in SENDERS if key in found}


def _write(name: str, rows: dict[str, Row]) -> None:
    versions = report.versions(*_PACKAGES)
    facts = {"round_trip_ms": 2 * WAY_MS, "rows": rows, "versions": versions}
    report.write(name, facts)


if __name__ == "__main__":
    raise SystemExit(main())
