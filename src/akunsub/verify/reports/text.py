"""The report in a terminal, or in a log."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from akunsub.verify.reports.merged import Merged, merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from akunsub.verify.model import PageReport, Status

_MARKS = {
    "pass": ("✓", "green"),
    "fail": ("✗", "bold red"),
    "warn": ("!", "yellow"),
    "review": ("?", "cyan"),
    "skipped": ("–", "dim"),
}


def as_text(reports: Sequence[PageReport]) -> Text:
    """Return the report of all pages; its lines are not wrapped."""
    return Text("\n").join(line for report in reports for line in _page(report))


def _page(report: PageReport) -> Iterator[Text]:
    yield Text.assemble((report.target, "bold"))
    group = ""
    for one in merge(report.results):
        if one.rule.group != group:
            group = one.rule.group
            yield Text(f"\n  {group}", "dim")
        yield from _result(one, all_engines=len(one.engines) == len(report.engines))
    yield Text()
    yield _summary(report)
    yield Text()


def _result(one: Merged, *, all_engines: bool) -> Iterator[Text]:
    mark, style = _MARKS[one.status]
    where = "" if all_engines else f"  ({', '.join(one.engines)})"
    line = Text.assemble("  ", (mark, style), f" {one.rule.title}", (where, "dim"))
    if one.status != "pass":
        line.append(f"  {one.rule.id}", "dim")
    yield line
    if one.reason:
        yield Text(f"      {one.reason}", "dim")
    for finding in one.findings:
        yield Text(f"      {finding.message}", style)
        if finding.snippet or finding.selector:
            yield Text(f"        {finding.snippet or finding.selector}", "dim")
        for shown in finding.evidence:
            yield Text(f"        {shown}", "dim")
    if one.findings:
        yield Text(f"      why: {one.rule.why}")
        yield Text(f"      fix: {one.rule.fix}")


def _summary(report: PageReport) -> Text:
    counts = Counter(result.status for result in report.results)
    words: dict[Status, str] = {
        "fail": "failed",
        "warn": "to mend",
        "review": "to look at",
        "pass": "passed",
        "skipped": "skipped",
    }
    told = [f"{counts[status]} {word}" for status, word in words.items() if counts[status]]
    times = ", ".join(
        f"{name} {report.engines[name]} in {seconds:.0f} s"
        for name, seconds in report.seconds.items()
    )
    return Text.assemble("  ", (", ".join(told), "bold"), (f"   {times}", "dim"))
