"""How a page did, in one sentence and in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from akunsub.verify.reports.places import engines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from akunsub.verify.model import PageReport, Result

#: known: what is wrong is in the baseline. The worst first.
Mark = Literal["fail", "warn", "review", "known", "skipped", "pass"]
MARKS: tuple[Mark, ...] = ("fail", "warn", "review", "known", "skipped", "pass")

_NAMES = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKit"}
#: One promise, several promises.
_SAID: dict[Mark, tuple[str, str]] = {
    "fail": ("is broken", "are broken"),
    "warn": ("should be mended", "should be mended"),
    "review": ("needs a person to look", "need a person to look"),
    "known": ("was broken before", "were broken before"),
    "skipped": ("could not be tried", "could not be tried"),
    "pass": ("is kept", "are kept"),
}


@dataclass(frozen=True)
class Verdict:
    """
    How a page did.

    Attributes:
        mark: The worst of all rules; "fail" too if the check did not finish.
        sentence: With a full stop.
        counts: Rules by the worst mark that they have in any engine.
    """

    mark: Mark
    sentence: str
    counts: Counter[Mark]


def mark_of(result: Result) -> Mark:
    """Return how a rule did in one engine."""
    return "known" if result.is_known else result.status


def worst(results: Iterable[Result]) -> Mark:
    """
    Return how a rule did in all engines.

    What passes in one engine and cannot be tried in another has passed.
    """
    marks = {mark_of(result) for result in results}
    return "pass" if marks == {"pass", "skipped"} else min(marks, key=MARKS.index)


def counts(results: Iterable[Result]) -> Counter[Mark]:
    """Return how many results have each mark."""
    return Counter(mark_of(result) for result in results)


def engine_title(name: str) -> str:
    """Return an engine's name as people write it."""
    return _NAMES.get(name, name)


def verdict(report: PageReport) -> Verdict:
    """Return how the page did."""
    rules: dict[str, list[Result]] = {}
    for result in report.results:
        rules.setdefault(result.rule.id, []).append(result)
    found = Counter(worst(results) for results in rules.values())
    worst_mark: Mark = min(found, key=MARKS.index, default="skipped")
    if worst_mark == "skipped" and found["pass"]:
        worst_mark = "pass"
    told = _told(found, engines_of(report))
    if report.unfinished:
        where = enumerated([engine_title(name) for name in report.unfinished])
        so_far = f"; so far {told}" if found else ""
        return Verdict("fail", f"The check did not finish in {where}{so_far}.", found)
    return Verdict(worst_mark, f"{told[:1].upper()}{told[1:]}.", found)


def enumerated(words: Sequence[str]) -> str:
    """Return *words* as people list them."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _told(found: Counter[Mark], engines: Sequence[str]) -> str:
    total = sum(found.values())
    if total == found["pass"] and total:
        where = enumerated([engine_title(name) for name in engines])
        return f"{'all ' if total > 1 else ''}{_promises(total)} {_said('pass', total)} in {where}"
    has_wrong = any(found[mark] for mark in MARKS[:4])
    said: list[str] = []
    # What is kept is the news only where nothing is wrong.
    for mark in MARKS[:5] if has_wrong else MARKS[:3:-1]:
        if count := found[mark]:
            subject = str(count) if said else _promises(count)
            said.append(f"{subject} {_said(mark, count)}")
    return enumerated(said) or "nothing was tried"


def _promises(count: int) -> str:
    return f"{count} promise{'' if count == 1 else 's'}"


def _said(mark: Mark, count: int) -> str:
    one, several = _SAID[mark]
    return one if count == 1 else several
