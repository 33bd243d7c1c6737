"""
What does ``akunsub verify`` find on a page, and how long does it take, beside other checkers?

``python -m benchmarks.verify`` (an hour) lets this tool, Lighthouse and pa11y look at
the same pages in the same Chromium, in turns, each by the command that its users type: the demo's
pages, a good page, and the fixtures of the tests, each of which breaks one rule. The time is that
of the whole command for one page. Found on a broken page is what a tool reports there twice and
in none of three looks at the good page, as what a load of a page is measured to take differs from
one to the next.

The others know nothing of a pixel host: they load the page, and press nothing. So that its script
loads, they get the page with a running endpoint in place of its host, which does not exist; this
tool leads what is for any pixel host to an endpoint of its own. It ends with 1 when this tool
reports something on the good page, or does not report by its own rule what is wrong with a broken
one, be it that ``--engine`` names one in which that cannot be tried.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from akunsub.verify import engines
from akunsub.verify.serving import serving
from akunsub.verify.survey import SMID
from akunsub.verify.target import served
from benchmarks import report
from benchmarks.peers import npm, page_checkers
from benchmarks.peers.checked_pages import GOOD, write_pages
from benchmarks.peers.checker import all_reports, look, new_reports

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from akunsub.verify.target import Target
    from benchmarks.peers.checked_pages import Page
    from benchmarks.peers.checker import Checker, Look

_GOOD_LOOKS = 3
_BROKEN_LOOKS = 2
#: How many pages are looked at in all engines too.
_PAGES_IN_ALL = 3
_PACKAGES = ("akunsub", "playwright")

#: By the name of a checker.
Looks = dict[str, list["Look"]]


class Comparison:
    """
    All looks at all pages.

    Args:
        folder: The pages for this tool, which serves files.
        chromium: What the others use.
        checkers: This tool first.
        in_all: This tool, in all engines; None: there is only one.
    """

    def __init__(
        self, folder: Path, chromium: Path, checkers: Sequence[Checker], in_all: Checker | None
    ) -> None:
        self._folder = folder
        self._env = page_checkers.environment(chromium)
        self._checkers = checkers
        self._in_all = in_all
        self.looks: dict[str, Looks] = {}
        self.looks_in_all: dict[str, Look] = {}

    def look_at(self, page: Page, target: Target) -> None:
        """Let everybody look at *page*, at the good one first; the others open *target*."""
        self.looks[page.name] = {one.name: [] for one in self._checkers}
        for checker in random.sample(self._checkers, len(self._checkers)):
            self._look(checker, page, target)
        if self._in_all and len(self.looks_in_all) < _PAGES_IN_ALL:
            self.looks_in_all[page.name] = self._once(self._in_all, page, target)
        names = self.looks[page.name].items()
        seconds = ", ".join(f"{name} {one.seconds:.0f} s" for name, (one, *_) in names)
        report.say(f"{page.name}: {seconds}")

    def new(self, page: Page, name: str) -> set[str] | None:
        """Return what *name* reports on *page* alone, of an unbroken one all that it reports."""
        looks = self.looks[page.name][name]
        return new_reports(looks, self.looks[GOOD][name]) if page.rule else all_reports(looks)

    def _look(self, checker: Checker, page: Page, target: Target) -> None:
        looks = self.looks[page.name][checker.name]
        looks.append(self._once(checker, page, target))
        wanted = _GOOD_LOOKS if page.name == GOOD else _BROKEN_LOOKS if page.rule else 1
        # What says nothing new says nothing new in a second look either.
        while len(looks) < wanted and (page.name == GOOD or self.new(page, checker.name)):
            looks.append(self._once(checker, page, target))

    def _once(self, checker: Checker, page: Page, target: Target) -> Look:
        if checker in (self._checkers[0], self._in_all):
            return look(checker, str(self._folder / page.path), self._env)
        return look(checker, target.with_smid("smid", SMID), self._env)


def times(found: Comparison, names: Sequence[str], in_all: str) -> list[dict[str, Any]]:
    """Return for each checker what a page takes, and how much longer ours does, page by page."""
    columns = {
        name: _seconds({page: looks[name][0] for page, looks in found.looks.items()})
        for name in names
    }
    columns[in_all] = _seconds(found.looks_in_all)
    mine = columns[names[0]]
    return [_time(name, seconds, mine) for name, seconds in columns.items() if seconds]


def _seconds(looks: dict[str, Look]) -> dict[str, float]:
    return {page: one.seconds for page, one in looks.items() if one.reported is not None}


def _time(name: str, seconds: dict[str, float], mine: dict[str, float]) -> dict[str, Any]:
    low, middle, high = report.quartiles(seconds.values())
    ratios = [mine[page] / took for page, took in seconds.items() if page in mine]
    return {
        "name": name,
        "pages": len(seconds),
        "median_s": round(middle, 1),
        "q1_s": round(low, 1),
        "q3_s": round(high, 1),
        "akunsub_to_this": round(report.quartiles(ratios)[1], 2) if ratios else None,
    }


def find_faults(pages: Iterable[dict[str, Any]], ours: str) -> list[str]:
    """Return in words where this tool did not report what it should, or what it should not."""
    faults = []
    for page in pages:
        mine = page["new"][ours]
        if mine is None:
            faults.append(f"{page['name']}: the check was not made")
        elif page["name"] == GOOD and mine:
            faults.append(f"{GOOD}: reported {', '.join(mine)}")
        elif page["rule"] and page["rule"] not in mine:
            faults.append(f"{page['name']}: not reported")
    return faults


def facts_of(found: Comparison, page: Page) -> dict[str, Any]:
    """Return all about *page* that is written down."""
    looks = found.looks[page.name]
    in_all = found.looks_in_all.get(page.name)
    return {
        "name": page.name,
        "rule": page.rule,
        "new": {name: _sorted(found.new(page, name)) for name in looks},
        "looks": {name: [_look_facts(one) for one in some] for name, some in looks.items()},
        "in_all_engines": _look_facts(in_all) if in_all else None,
    }


def _look_facts(one: Look) -> dict[str, Any]:
    said = {"said": one.said} if one.said else {}
    return {"seconds": round(one.seconds, 2), "reported": _sorted(one.reported), **said}


def _sorted(names: Collection[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def tables(found: dict[str, Any]) -> str:
    """Return the times and the findings, to read."""
    rows: list[tuple[object, ...]] = [
        ("seconds for a page", "median", "quartiles", "pages", "akunsub ÷ this")
    ]
    for one in found["times"]:
        spread = f"{one['q1_s']}-{one['q3_s']}"
        rows.append((one["name"], one["median_s"], spread, one["pages"], one["akunsub_to_this"]))
    names = list(found["settings"])
    whole = [
        f"{page['name']}, {name}: {_words(page['new'][name])}"
        for page in found["pages"]
        for name in names
        if not page["rule"]
    ]
    broken: list[tuple[object, ...]] = [
        ("reported on the broken page only", *names),
        *(
            (page["name"], *(_words(page["new"][name]) for name in names))
            for page in found["pages"]
            if page["rule"]
        ),
        (f"pages of {found['broken']}", *(found["found"][name] for name in names)),
    ]
    head = len(names) + 1
    return "\n\n".join([report.table(rows), "\n".join(whole), report.table(broken, head=head)])


def _words(names: list[str] | None) -> str:
    return "not made" if names is None else ", ".join(names) or "."


def measure(options: argparse.Namespace, chromium: Path) -> dict[str, Any]:
    """Look at everything; return what is written down, after each page anew."""
    all_engines = [one.name for one in engines.find_all()]
    versions = report.versions(*_PACKAGES) | _engine_versions(all_engines)
    in_all = page_checkers.ours(all_engines) if len(all_engines) > 1 else None
    checkers = [page_checkers.ours([options.engine])]
    try:
        checkers += page_checkers.install(chromium)
    except npm.NpmError as error:
        report.say(f"without the others: {error}")
    names = [one.name for one in checkers]
    found: dict[str, Any] = {
        "settings": {one.name: one.settings for one in checkers},
        "versions": versions,
        "pages": [],
    }
    with ExitStack() as resources:
        base = resources.enter_context(tempfile.TemporaryDirectory(prefix="akunsub-checkers-"))
        folder, running = Path(base, "own"), Path(base, "running")
        endpoint = resources.enter_context(serving())
        pages = write_pages(folder, running, endpoint.url)[: options.pages]
        targets = resources.enter_context(served([str(running / page.path) for page in pages]))
        comparison = Comparison(folder, chromium, checkers, in_all)
        for page, target in zip(pages, targets, strict=True):
            comparison.look_at(page, target)
            found["pages"].append(facts_of(comparison, page))
            broken = [one for one in found["pages"] if one["rule"]]
            found["broken"] = len(broken)
            found["found"] = {name: sum(bool(one["new"][name]) for one in broken) for name in names}
            found["times"] = times(comparison, names, f"akunsub, {len(all_engines)} engines")
            # At once: a run that is interrupted has measured something.
            report.write("verify", found)
    return found


def _engine_versions(names: Iterable[str]) -> dict[str, str]:
    found = {}
    with sync_playwright() as playwright:
        for name in names:
            with engines.launch(playwright, name) as engine:
                found[name] = engine.version
    return found


def main(argv: list[str] | None = None) -> int:
    """Measure, tell, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, help="only so many, the good one first; else all")
    parser.add_argument("--engine", choices=engines.ENGINE_NAMES, default="chromium", help="ours")
    options = parser.parse_args(argv)
    chromium = engines.find("chromium")
    if not chromium:
        report.say(engines.how_to_install(["chromium"]))
        return 2
    found = measure(options, chromium.executable)
    report.say("\n" + tables(found) + "\n")
    for name, settings in found["settings"].items():
        report.say(f"{name}: {settings}")
    faults = find_faults(found["pages"], next(iter(found["settings"])))
    for fault in faults:
        report.say(f"NOT KEPT: {fault}")
    if options.pages:
        report.say("not all was measured, so nothing is said to be kept")
    elif not faults:
        count = found["broken"]
        report.say(f"kept: {count} of {count} broken pages by their rule, nothing on the good one")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
