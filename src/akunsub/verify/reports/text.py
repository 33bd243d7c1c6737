"""The report in a terminal, or in a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from akunsub.printable import printable
from akunsub.verify.reports.help_pages import help_page
from akunsub.verify.reports.merged import Merged, merge
from akunsub.verify.reports.places import engines_of
from akunsub.verify.reports.verdict import Mark, counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from akunsub.verify.model import Finding, PageReport

_LOOKS: dict[Mark, tuple[str, str]] = {
    "pass": ("✓", "green"),
    "fail": ("✗", "bold red"),
    "warn": ("!", "yellow"),
    "review": ("?", "cyan"),
    "known": ("≈", "dim"),
    "skipped": ("–", "dim"),
}
_COUNTED: dict[Mark, str] = {
    "fail": "failed",
    "warn": "to mend",
    "review": "to look at",
    "known": "known",
    "pass": "passed",  # nosec B105  # a name, no secret
    "skipped": "skipped",
}


@dataclass(frozen=True)
class _Line:
    """
    A line of any length.

    Attributes:
        body: What is wrapped.
        indent: Columns.
        lead: Stands before the body, and over nothing of what was wrapped.
    """

    body: Text = field(default_factory=Text)
    indent: int = 0
    lead: Text = field(default_factory=Text)

    def unwrapped(self) -> Text:
        """Return it as one line, or as many as it has of its own."""
        start = Text.assemble(" " * self.indent, self.lead, " " if self.lead else "")
        if not self.body:
            return self.body
        first, *others = self.body.split("\n", allow_blank=True)
        below = [Text.assemble(" " * len(start), other) for other in others]
        return Text("\n").join([Text.assemble(start, first), *below])

    def wrapped(self) -> RenderableType:
        """Return it for a terminal, where all that is wrapped stands below its own beginning."""
        if not self.body:
            return self.body
        grid = Table.grid(padding=(0, 1, 0, 0))
        if self.lead:
            grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(*([self.lead] if self.lead else []), self.body)
        return Padding(grid, (0, 0, 0, self.indent), expand=False)


def as_text(reports: Sequence[PageReport]) -> Text:
    """Return the report of all pages; its lines are not wrapped."""
    return Text("\n").join(line.unwrapped() for report in reports for line in _page(report))


def for_terminal(reports: Sequence[PageReport]) -> RenderableType:
    """Return the report of all pages, for rich's console."""
    return Group(*(line.wrapped() for report in reports for line in _page(report)))


def _page(report: PageReport) -> Iterator[_Line]:
    yield _line(report.target, "bold")
    group = ""
    for one in merge(report.results):
        if one.rule.group != group:
            group = one.rule.group
            yield _Line()
            yield _line(group, "dim", indent=2)
        yield from _result(one, all_engines=len(one.engines) == len(engines_of(report)))
    yield _Line()
    for engine, reason in report.unfinished.items():
        said = f"the check did not finish in {engine}: {reason}"
        yield _line(said, "bold red", indent=2, lead="✗")
    yield _summary(report)
    yield _Line()


def _result(one: Merged, *, all_engines: bool) -> Iterator[_Line]:
    known = bool(one.findings) and all(finding.is_known for finding in one.findings)
    mark, style = _LOOKS["known" if known else one.status]
    where = "" if all_engines else f"  ({', '.join(one.engines)})"
    title = Text.assemble(one.rule.title, (where, "dim"))
    if one.status != "pass":
        title.append(f"  {one.rule.id}", "dim")
    if known:
        title.append("  (known)", "dim")
    yield _Line(title, 2, Text(mark, style))
    if one.reason:
        yield _line(one.reason, "dim", indent=6)
    for finding in one.findings:
        yield from _finding(finding, style)
    if one.findings:
        yield _line(one.rule.why, indent=6, lead="why:")
        yield _line(one.rule.fix, indent=6, lead="fix:")
        yield _line(help_page(one.rule), "dim", indent=6, lead="more:")


def _finding(finding: Finding, style: str) -> Iterator[_Line]:
    known = "  (known)" if finding.is_known else ""
    yield _line(finding.message + known, "dim" if known else style, indent=6)
    if finding.snippet or finding.selector:
        yield _line(finding.snippet or finding.selector, "dim", indent=8)
    for shown in finding.evidence:
        yield _line(shown, "dim", indent=8)


def _summary(report: PageReport) -> _Line:
    found = counts(report.results)
    told = [f"{found[mark]} {word}" for mark, word in _COUNTED.items() if found[mark]]
    if report.unfinished:
        told.insert(0, "unfinished")
    times = ", ".join(
        f"{name} {printable(report.engines.get(name, ''))} in {seconds:.0f} s"
        for name, seconds in report.seconds.items()
    )
    return _Line(Text.assemble((", ".join(told), "bold"), (f"   {times}", "dim")), 2)


def _line(text: str, style: str = "", *, indent: int = 0, lead: str = "") -> _Line:
    return _Line(Text(printable(text), style), indent, Text(lead, style))
