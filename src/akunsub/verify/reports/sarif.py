"""The report as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from akunsub.verify.reports.help_pages import help_page
from akunsub.verify.reports.places import as_uri, is_file
from akunsub.verify.reports.problems import problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from akunsub.verify.model import PageReport, Result, Rule
    from akunsub.verify.reports.problems import Problem

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
#: Raised when another page, rule or selector would have the same fingerprint, or the other way.
_FINGERPRINT = "targetRuleSelector/v1"


def as_sarif(reports: Sequence[PageReport]) -> dict[str, Any]:
    """Return the report of all pages, one run: what ``json.dumps`` takes."""
    rules = {result.rule.id: result.rule for report in reports for result in report.results}
    order = {rule_id: number for number, rule_id in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "akunsub verify",
                "version": version("akunsub"),
                "rules": [_rule(rule) for rule in rules.values()],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not any(report.unfinished for report in reports),
                "toolExecutionNotifications": [
                    note for report in reports for note in _notifications(report, order)
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, one, order) for report in reports for one in problems(report)],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    page = help_page(rule)
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        # SARIF wants a whole URL: that of the source as long as the page has only a path.
        "helpUri": page if urlsplit(page).scheme else rule.source,
        "help": {
            "text": f"Why: {rule.why} {rule.source}\nFix: {rule.fix}\nMore: {page}",
            "markdown": f"**Why:** {_escaped(rule.why)} [source]({rule.source})\n\n"
            f"**Fix:** {_escaped(rule.fix)}\n\n**More:** `{page}`",
        },
        "defaultConfiguration": {"level": "error" if rule.level == "error" else "warning"},
        "properties": {"tags": [rule.group], "helpPage": page},
    }


def _escaped(text: str) -> str:
    """Return *text* as Markdown that shows it, ``<meta …>`` above all."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _result(report: PageReport, one: Problem, order: dict[str, int]) -> dict[str, Any]:
    finding = one.finding
    key = "\n".join((report.target, one.rule.id, finding.selector))
    result = {
        "ruleId": one.rule.id,
        "ruleIndex": order[one.rule.id],
        "level": one.severity,
        "message": {"text": one.told()},
        "locations": [_location(report, finding.selector)],
        "partialFingerprints": {_FINGERPRINT: sha256(key.encode(errors="replace")).hexdigest()},
        "properties": {
            "engines": list(one.engines),
            "snippet": finding.snippet,
            "evidence": list(finding.evidence),
        },
    }
    if report.has_baseline:
        result["baselineState"] = "unchanged" if finding.is_known else "new"
    return result


def _location(report: PageReport, selector: str = "") -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": as_uri(report)}}
    if is_file(report):
        # Which line an element comes from is not known, and code hosts show nothing without one.
        physical["region"] = {"startLine": 1}
    location: dict[str, Any] = {"physicalLocation": physical}
    if selector:
        location["logicalLocations"] = [{"fullyQualifiedName": selector, "kind": "element"}]
    return location


def _notifications(report: PageReport, order: dict[str, int]) -> Iterator[dict[str, Any]]:
    for engine, reason in report.unfinished.items():
        text = f"the check did not finish in {engine}: {reason}"
        yield {"level": "error", "message": {"text": text}, "locations": [_location(report)]}
    for result in report.results:
        if result.status == "skipped":
            yield _skipped(report, result, order)


def _skipped(report: PageReport, result: Result, order: dict[str, int]) -> dict[str, Any]:
    rule = {"id": result.rule.id, "index": order[result.rule.id]}
    return {
        "level": "note",
        "message": {"text": f"skipped in {result.engine}: {result.reason}"},
        "locations": [_location(report)],
        "associatedRule": rule,
    }
