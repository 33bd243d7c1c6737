"""What the HTML report shows of a page, in its order."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

from akunsub.verify.model import Group
from akunsub.verify.reports.help_pages import help_page
from akunsub.verify.reports.merged import Merged, merge
from akunsub.verify.reports.places import engines_of
from akunsub.verify.reports.repeating import repeat_command
from akunsub.verify.reports.verdict import (
    MARKS,
    Mark,
    Verdict,
    counts,
    engine_title,
    enumerated,
    mark_of,
    verdict,
    worst,
)

if TYPE_CHECKING:
    from akunsub.verify.model import PageReport, Result, Rule

#: What each mark looks like, and is called.
LOOKS: dict[Mark, tuple[str, str]] = {
    "fail": ("✗", "broken"),
    "warn": ("!", "to mend"),
    "review": ("?", "to look at"),
    "known": ("≈", "known"),
    "skipped": ("–", "not tried"),
    "pass": ("✓", "kept"),
}


@dataclass(frozen=True)
class EngineView:
    """
    One engine's part.

    Attributes:
        counts: Of its marks, the worst first.
        user_agents: As its calls had them.
        pictures: Titles and ``data:`` URLs.
    """

    title: str
    version: str
    seconds: float | None
    unfinished: str
    counts: list[tuple[Mark, int]]
    calls: list[dict[str, Any]]
    user_agents: list[str]
    pictures: list[tuple[str, str]]


@dataclass(frozen=True)
class RuleView:
    """
    One rule in all engines.

    Attributes:
        key: Unique in the report, for links.
        mark: The worst.
        cells: A mark for each engine of the page; ``None``: it did not come to that.
        reasons: Why it could not be tried, and where.
        wrong: What is wrong, and where if not everywhere.
        where: The engines in which something is wrong, if not in all.
        repeat: The command line for these engines.
    """

    key: str
    rule: Rule
    source_host: str
    help_page: str
    mark: Mark
    cells: list[Mark | None]
    reasons: list[tuple[str, str]]
    wrong: list[tuple[str, Merged]]
    where: str
    repeat: str


@dataclass(frozen=True)
class PageView:
    """One page."""

    key: str
    report: PageReport
    verdict: Verdict
    engines: list[EngineView]
    groups: list[tuple[str, list[RuleView]]]

    @property
    def to_do(self) -> list[RuleView]:
        """What is not as it should be, the worst first."""
        rules = [rule for _, rules in self.groups for rule in rules if rule.mark in MARKS[:3]]
        return sorted(rules, key=lambda rule: MARKS.index(rule.mark))


def view(report: PageReport, key: str) -> PageView:
    """Return *report* as it is shown; *key* is unique in the whole report."""
    results: dict[str, list[Result]] = {}
    for result in report.results:
        results.setdefault(result.rule.id, []).append(result)
    rules = [_rule(report, found, f"{key}-{rule_id}") for rule_id, found in results.items()]
    groups = [
        (group, [rule for rule in rules if rule.rule.group == group]) for group in get_args(Group)
    ]
    return PageView(
        key,
        report,
        verdict(report),
        [_engine(report, name) for name in engines_of(report)],
        [(group, found) for group, found in groups if found],
    )


def _engine(report: PageReport, name: str) -> EngineView:
    found = counts(result for result in report.results if result.engine == name)
    calls = report.calls.get(name, [])
    return EngineView(
        engine_title(name),
        report.engines.get(name, ""),
        report.seconds.get(name),
        report.unfinished.get(name, ""),
        [(mark, found[mark]) for mark in MARKS if found[mark]],
        calls,
        list(dict.fromkeys(filter(None, map(_user_agent, calls)))),
        [
            (one.title, f"data:image/png;base64,{b64encode(one.png).decode()}")
            for one in report.screenshots.get(name, [])
        ],
    )


def _user_agent(call: dict[str, Any]) -> str:
    headers = call.get("request", {}).get("headers", {})
    return next((text for name, text in headers.items() if name.lower() == "user-agent"), "")


def _rule(report: PageReport, results: list[Result], key: str) -> RuleView:
    rule = results[0].rule
    engines = engines_of(report)
    marks = {result.engine: mark_of(result) for result in results}
    merged = merge(results)
    wrong_in = [result.engine for result in results if result.findings]
    return RuleView(
        key,
        rule,
        urlsplit(rule.source).hostname or rule.source,
        help_page(rule),
        worst(results),
        [marks.get(engine) for engine in engines],
        [(_where(one, engines), one.reason) for one in merged if one.reason],
        [(_where(one, engines), one) for one in merged if one.findings],
        "" if len(wrong_in) == len(engines) else _titles(wrong_in),
        repeat_command(report, rule, wrong_in or engines),
    )


def _where(one: Merged, engines: list[str]) -> str:
    return "" if len(one.engines) == len(engines) else _titles(list(one.engines))


def _titles(names: list[str]) -> str:
    return enumerated([engine_title(name) for name in names])
