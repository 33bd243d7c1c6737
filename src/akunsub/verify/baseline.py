"""
What was wrong already: an earlier report, whose findings are told and are no reason to fail.

A finding is the same if page, rule and element are; one of the whole page, if its message is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Self

from pydantic import TypeAdapter, ValidationError

from akunsub.errors import AkUnsubError
from akunsub.verify.reports.schema import ReportJson

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from akunsub.verify.model import Finding, PageReport, Result
    from akunsub.verify.reports.schema import FindingJson


class BaselineError(AkUnsubError):
    """The file is no report of an earlier check."""


class Identity(NamedTuple):
    """What makes a finding the same in another check."""

    target: str
    rule: str
    where: str

    @classmethod
    def of(cls, target: str, rule: str, finding: Finding | FindingJson) -> Self:
        """Return that of a finding, new or read from a report."""
        return cls(target, rule, finding.selector or finding.message)


def read_baseline(path: Path) -> frozenset[Identity]:
    """
    Return the findings of the report at *path*, which ``--format json=PATH`` wrote.

    Raises:
        BaselineError: It is none.
    """
    how = f"make one with --format json={path}"
    try:
        report = TypeAdapter(ReportJson).validate_json(path.read_bytes())
    except OSError as error:
        raise BaselineError(f"--baseline {path}: {error.strerror}; {how}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        told = f"{where}: {first['msg']}" if where else first["msg"]
        raise BaselineError(f"--baseline {path} is no report ({told}); {how}") from error
    return frozenset(
        Identity.of(page.target, result.rule, finding)
        for page in report.pages
        for result in page.results
        for finding in result.findings
    )


def mark_known(reports: Iterable[PageReport], known: frozenset[Identity]) -> list[PageReport]:
    """Return *reports* with what is in *known* marked as such."""
    return [
        replace(
            report,
            results=[_marked(report.target, result, known) for result in report.results],
            has_baseline=True,
        )
        for report in reports
    ]


def _marked(target: str, result: Result, known: frozenset[Identity]) -> Result:
    def mark(finding: Finding) -> Finding:
        return replace(finding, is_known=Identity.of(target, result.rule.id, finding) in known)

    return replace(result, findings=tuple(map(mark, result.findings)))


def count_gone(reports: Iterable[PageReport], known: frozenset[Identity]) -> int:
    """Return how many of *known* were not found again, of the pages and rules that were tried."""
    found, tried = set(), set()
    for report in reports:
        for result in report.results:
            if result.status != "skipped":
                tried.add((report.target, result.rule.id))
            found |= {
                Identity.of(report.target, result.rule.id, finding) for finding in result.findings
            }
    return sum(one not in found and (one.target, one.rule) in tried for one in known)
