"""The report for programs."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from akunsub.verify.model import PageReport, Result, Rule

#: Raised when a field goes or means something else; not for a new one.
SCHEMA_VERSION = 1


def as_json(reports: Sequence[PageReport]) -> dict[str, Any]:
    """Return the report of all pages: what ``json.dumps`` takes."""
    rules = {result.rule.id: result.rule for report in reports for result in report.results}
    return {
        "schema_version": SCHEMA_VERSION,
        "akunsub": version("akunsub"),
        "rules": [_rule(rule) for rule in rules.values()],
        "pages": [
            {
                "target": report.target,
                "url": report.url,
                "engines": report.engines,
                "seconds": {name: round(took, 2) for name, took in report.seconds.items()},
                "results": [_result(result) for result in report.results],
                "calls": report.calls,
            }
            for report in reports
        ],
    }


def _rule(rule: Rule) -> dict[str, str]:
    names = ("id", "group", "level", "title", "why", "source", "fix")
    return {name: getattr(rule, name) for name in names}


def _result(result: Result) -> dict[str, Any]:
    return {
        "rule": result.rule.id,
        "engine": result.engine,
        "status": result.status,
        "reason": result.reason,
        "findings": [asdict(finding) for finding in result.findings],
    }
