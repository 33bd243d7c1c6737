"""
What the JSON report looks like, and the JSON schema of it, ``report.schema.json``.

The file is made from this: ``python -m akunsub.verify.reports.schema``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, with_config
from pydantic.json_schema import GenerateJsonSchema

# pydantic reads these when it makes the schema.
from akunsub.verify.model import Group, Level, Status  # noqa: TC001

SCHEMA_FILE = Path(__file__).with_name("report.schema.json")

_closed = with_config(ConfigDict(extra="forbid", use_attribute_docstrings=True))
# Calls are as the endpoint lists them, which may come to tell more.
_open = with_config(ConfigDict(extra="allow", use_attribute_docstrings=True))


@_closed
@dataclass(frozen=True)
class RuleJson:
    """A promise that a page should keep."""

    id: str
    group: Group
    level: Level
    """error: the page fails. warn: it should be mended."""
    title: str
    """The promise."""
    why: str
    """What happens to people when it is not kept."""
    source: str
    """Where that is from: a URL."""
    fix: str
    """What the page's author does about it."""
    help: str
    """The page about it, a path in akunsub's repository."""


@_closed
@dataclass(frozen=True)
class FindingJson:
    """One thing that is wrong."""

    message: str
    selector: str
    """Of the element, for document.querySelector; empty: of the page."""
    snippet: str
    """The element's HTML, shortened."""
    evidence: list[str]
    """What shows it: texts of the page, calls."""
    is_certain: bool
    """Otherwise a person has to look."""
    is_known: bool
    """It is in the baseline, and no reason to fail."""


@_closed
@dataclass(frozen=True)
class ResultJson:
    """What became of one rule in one engine."""

    rule: str
    """The id of one of the rules."""
    engine: str
    status: Status
    """review: a person has to look. skipped: it could not be tried."""
    reason: str
    """Of "skipped", else empty."""
    is_known: bool
    """All that is wrong is in the baseline."""
    findings: list[FindingJson]


@_open
@dataclass(frozen=True)
class CallJson:
    """A call that the endpoint got during the check, as its /_unsub/calls lists it."""

    id: int
    at: str
    """The endpoint's time: ISO 8601, with an offset."""
    action: str
    smid: str | None
    categories: list[str] | None
    """null: the whole subscription."""
    verdict: Literal["good", "bad"]
    rule: str
    """One word for what was right or wrong."""
    reason: str
    fix: str | None
    """What the developer should do."""
    request: dict[str, Any]
    answer: dict[str, Any]


@_closed
@dataclass(frozen=True)
class PageJson:
    """All about one page."""

    target: str
    """As it was named."""
    url: str
    """Where it was opened, without the query."""
    engines: dict[str, str]
    """Version by name."""
    seconds: dict[str, float]
    """What the check took, by engine."""
    unfinished: dict[str, str]
    """Why the check of the page ended before its end, by engine."""
    arguments: list[str]
    """Of akunsub verify, to check the page in the same way: without the target, the engines,
    the rules and the formats."""
    results: list[ResultJson]
    calls: dict[str, list[CallJson]]
    """What the endpoint got, by engine."""


@_closed
@dataclass(frozen=True)
class ReportJson:
    """What `akunsub verify --format json` tells."""

    schema_version: Literal[1]
    """Raised when a field goes or means something else; not for a new one."""
    akunsub: str
    """The version that made this."""
    rules: list[RuleJson]
    """Those that were tried."""
    pages: list[PageJson]


class _WithoutTitles(GenerateJsonSchema):
    """Titles would only say the names again."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002
        return False


def report_schema() -> dict[str, Any]:
    """Return the JSON schema."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | TypeAdapter(ReportJson).json_schema(schema_generator=_WithoutTitles)


if __name__ == "__main__":
    SCHEMA_FILE.write_text(json.dumps(report_schema(), indent=1) + "\n", encoding="utf-8")
