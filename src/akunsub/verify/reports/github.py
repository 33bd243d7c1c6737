"""The report as GitHub's workflow commands: notes on the files of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.reports.places import is_file
from akunsub.verify.reports.problems import problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from akunsub.verify.model import PageReport

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_IN_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = _IN_TEXT | str.maketrans({":": "%3A", ",": "%2C"})


def as_github(reports: Sequence[PageReport]) -> str:
    """Return a line for each thing that is wrong; none if nothing is."""
    return "\n".join(line for report in reports for line in _page(report))


def _page(report: PageReport) -> Iterator[str]:
    for engine, reason in report.unfinished.items():
        yield _line("error", report, f"the check did not finish in {engine}", reason)
    for one in problems(report):
        title = f"{one.rule.id}: {one.rule.title}"
        if one.finding.is_known:
            yield _line("notice", report, f"known: {title}", one.told())
        else:
            yield _line(_COMMANDS[one.severity], report, title, one.told())


def _line(command: str, report: PageReport, title: str, text: str) -> str:
    properties = {"title": title}
    if is_file(report):
        properties["file"] = report.target
    else:
        text = f"{report.target}\n{text}"
    told = ",".join(f"{name}={it.translate(_IN_PROPERTIES)}" for name, it in properties.items())
    return f"::{command} {told}::{text.translate(_IN_TEXT)}"
