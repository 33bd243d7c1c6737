"""What is wrong with a page, once for what is wrong in several engines: for lists of problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from akunsub.verify.reports.help_pages import help_page

if TYPE_CHECKING:
    from akunsub.verify.model import Finding, PageReport, Result, Rule

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Problem:
    """
    One finding.

    Attributes:
        finding: As the first of *engines* has it: an element's HTML and the evidence may differ.
    """

    rule: Rule
    severity: Severity
    finding: Finding
    engines: tuple[str, ...]

    def told(self) -> str:
        """Return all about it, in lines."""
        finding = self.finding
        lines = [f"{finding.message} ({', '.join(self.engines)})"]
        lines += [line for line in (finding.selector, finding.snippet) if line]
        lines += finding.evidence
        lines += [f"why: {self.rule.why}", f"fix: {self.rule.fix}"]
        lines += [f"more: {help_page(self.rule)}"]
        return "\n".join(lines)


def problems(report: PageReport) -> list[Problem]:
    """Return what is wrong with the page."""
    found: dict[tuple[object, ...], list[tuple[Result, Finding]]] = {}
    for result in report.results:
        for finding in result.findings:
            severity = _severity(result, finding)
            key = (result.rule.id, severity, finding.message, finding.selector, finding.is_known)
            found.setdefault(key, []).append((result, finding))
    return [
        Problem(
            same[0][0].rule,
            _severity(*same[0]),
            same[0][1],
            tuple(dict.fromkeys(result.engine for result, _ in same)),
        )
        for same in found.values()
    ]


def _severity(result: Result, finding: Finding) -> Severity:
    if not finding.is_certain:
        return "note"
    return "error" if result.rule.level == "error" else "warning"
