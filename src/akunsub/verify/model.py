"""What a check of a page says: rules, findings, results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from akunsub.errors import AkUnsubError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from akunsub.verify.evidence import Evidence

Level = Literal["error", "warn"]
#: review: a person has to look. skipped: it could not be tried here, and the reason says why.
Status = Literal["pass", "fail", "warn", "review", "skipped"]
Group = Literal[
    "works",
    "tells the truth",
    "machines cannot",
    "clicks are not lost",
    "people can",
    "private",
    "robust",
]


@dataclass(frozen=True)
class Finding:
    """
    One thing that is wrong.

    Attributes:
        message: What was seen, one sentence.
        selector: Of the element, for ``document.querySelector``; empty: of the page.
        snippet: The element's HTML, shortened.
        evidence: Lines that show it: texts of the page, calls.
        is_certain: Otherwise a person has to look.
        is_known: It is in the baseline, and no reason to fail.
    """

    message: str
    selector: str = ""
    snippet: str = ""
    evidence: tuple[str, ...] = ()
    is_certain: bool = True
    is_known: bool = False


@dataclass(frozen=True)
class Rule:
    """
    One promise that a page should keep.

    Attributes:
        id: Stable, in kebab case.
        title: The promise, one sentence.
        why: What happens to people when it is not kept.
        source: Where that is from: a URL.
        fix: What the page's author does about it.
        check: Gives what is wrong.
    """

    id: str
    group: Group
    level: Level
    title: str
    why: str
    source: str
    fix: str
    check: Callable[[Evidence], Iterable[Finding]]


class CannotTellError(AkUnsubError):
    """A rule cannot be tried on this page or in this engine; the message says why."""


@dataclass(frozen=True)
class Result:
    """What became of one rule in one engine."""

    rule: Rule
    engine: str
    status: Status
    findings: tuple[Finding, ...] = ()
    #: Of "skipped".
    reason: str = ""

    @property
    def is_known(self) -> bool:
        """All that is wrong is in the baseline."""
        return bool(self.findings) and all(finding.is_known for finding in self.findings)


@dataclass(frozen=True)
class Screenshot:
    """
    What a person saw.

    Attributes:
        title: When, such as "opened".
        png: The picture.
    """

    title: str
    png: bytes = field(repr=False)


@dataclass(frozen=True)
class PageReport:
    """
    All about one page.

    Attributes:
        target: As it was named.
        url: Where it was opened, without the query.
        engines: Version by name.
        results: By engine, and by rule within an engine.
        seconds: What the check took, by engine.
        calls: What the endpoint got, by engine, as ``/_unsub/calls`` lists them.
        screenshots: By engine, in the order in which they were taken.
        unfinished: Why the check of the page ended before its end, by engine.
        arguments: Of ``akunsub verify``, to check this page in the same way: without the target,
            the engines, the rules, the formats and the baseline.
        has_baseline: It was compared with an earlier report.
    """

    target: str
    url: str
    engines: dict[str, str]
    results: list[Result]
    seconds: dict[str, float]
    calls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    screenshots: dict[str, list[Screenshot]] = field(default_factory=dict)
    unfinished: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    has_baseline: bool = False


def judge(rule: Rule, engine: str, evidence: Evidence) -> Result:
    """Return what *rule* says to *evidence*."""
    try:
        findings = tuple(rule.check(evidence))
    except CannotTellError as error:
        return Result(rule, engine, "skipped", reason=str(error))
    if not findings:
        return Result(rule, engine, "pass")
    if not any(finding.is_certain for finding in findings):
        return Result(rule, engine, "review", findings)
    return Result(rule, engine, "fail" if rule.level == "error" else "warn", findings)
