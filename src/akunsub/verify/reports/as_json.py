"""The report for programs."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

from akunsub.verify.reports.help_pages import help_page
from akunsub.verify.reports.schema import (
    CallJson,
    FindingJson,
    PageJson,
    ReportJson,
    ResultJson,
    RuleJson,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from akunsub.verify.model import Finding, PageReport, Result, Rule


def as_json(reports: Sequence[PageReport]) -> dict[str, Any]:
    """Return the report of all pages, for which there is ``report.schema.json``."""
    rules = {result.rule.id: result.rule for report in reports for result in report.results}
    return asdict(
        ReportJson(
            schema_version=1,
            akunsub=version("akunsub"),
            rules=[_rule(rule) for rule in rules.values()],
            pages=[_page(report) for report in reports],
        )
    )


def _rule(rule: Rule) -> RuleJson:
    return RuleJson(
        id=rule.id,
        group=rule.group,
        level=rule.level,
        title=rule.title,
        why=rule.why,
        source=rule.source,
        fix=rule.fix,
        help=help_page(rule),
    )


def _page(report: PageReport) -> PageJson:
    return PageJson(
        target=report.target,
        url=report.url,
        engines=report.engines,
        seconds={name: round(took, 2) for name, took in report.seconds.items()},
        unfinished=report.unfinished,
        arguments=list(report.arguments),
        results=[_result(result) for result in report.results],
        calls=cast("dict[str, list[CallJson]]", report.calls),
    )


def _result(result: Result) -> ResultJson:
    return ResultJson(
        rule=result.rule.id,
        engine=result.engine,
        status=result.status,
        reason=result.reason,
        is_known=result.is_known,
        findings=[_finding(finding) for finding in result.findings],
    )


def _finding(finding: Finding) -> FindingJson:
    return FindingJson(
        message=finding.message,
        selector=finding.selector,
        snippet=finding.snippet,
        evidence=list(finding.evidence),
        is_certain=finding.is_certain,
        is_known=finding.is_known,
    )
