"""The report as JUnit XML: a test suite for each page and engine, a test case for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from akunsub.printable import printable
from akunsub.verify.reports.help_pages import help_page
from akunsub.verify.reports.places import engines_of
from akunsub.verify.reports.repeating import repeat_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from akunsub.verify.model import Finding, PageReport, Result

#: JUnit knows no warnings: these pass, and their output begins with what they are.
_PASSING = {
    "warn": "WARNING: this passes, and should be mended all the same.",
    "review": "REVIEW: this passes, and a person has to look.",
}
_KNOWN = "KNOWN: this passes, as it is in the baseline."
_SOME_KNOWN = "KNOWN: this is in the baseline, and would not fail."


def as_junit(reports: Sequence[PageReport]) -> str:
    """Return the report of all pages."""
    root = JUnitXml("akunsub verify")
    timed = [
        (_suite(report, engine), report.seconds.get(engine, 0.0))
        for report in reports
        for engine in engines_of(report)
    ]
    # Not add_testsuite, which puts together what looks the same.
    root.extend(suite for suite, _ in timed)
    root.update_statistics()  # which sets the times too, as sums of the cases'
    for suite, seconds in timed:
        suite.time = round(seconds, 2)
    root.time = round(sum(seconds for _, seconds in timed), 2)
    text: str = root.tostring().decode()
    return text


def _suite(report: PageReport, engine: str) -> TestSuite:
    suite = TestSuite(printable(f"{report.target} in {engine}"))
    suite.add_property("url", printable(report.url))
    suite.add_property("version", printable(report.engines.get(engine, "")))
    suite.extend(_case(report, one) for one in report.results if one.engine == engine)
    if reason := report.unfinished.get(engine):
        case = TestCase("unfinished", suite.name)
        case.result = Error(printable(f"the check did not finish: {reason}"))
        suite.append(case)
    return suite


def _case(report: PageReport, result: Result) -> TestCase:
    case = TestCase(result.rule.id, printable(f"{report.target} in {result.engine}"))
    known = [finding for finding in result.findings if finding.is_known]
    new = [finding for finding in result.findings if not finding.is_known]
    told: list[str] = []
    if result.status == "skipped":
        case.result = Skipped(printable(result.reason))
    elif result.status == "fail" and new:
        more = f" (and {len(new) - 1} more)" if len(new) > 1 else ""
        failure = Failure(printable(new[0].message + more), result.rule.id)
        failure.text = printable(_described(report, result, new))
        case.result = failure
    elif result.status in _PASSING and new:
        told += [_PASSING[result.status], _described(report, result, new)]
    if known:
        told += [_SOME_KNOWN if new else _KNOWN, _described(report, result, known)]
    if told:
        case.system_out = printable("\n".join(told))
    return case


def _described(report: PageReport, result: Result, findings: Iterable[Finding]) -> str:
    rule = result.rule
    lines = [rule.title]
    for finding in findings:
        lines.append(f"- {finding.message}")
        lines += [f"  element: {it}" for it in (finding.selector, finding.snippet) if it]
        lines += [f"  evidence: {it}" for it in finding.evidence]
    lines += [f"why: {rule.why} ({rule.source})", f"fix: {rule.fix}", f"more: {help_page(rule)}"]
    lines.append(f"again: {repeat_command(report, rule, [result.engine])}")
    return "\n".join(lines)
