"""A screen reader is told what came of the press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    said = evidence.success_lines()
    if not set(said) & set(evidence.confirmed.live_lines):
        yield Finding("what the page says then is in no live region", evidence=tuple(said[:3]))


RULE = Rule(
    id="outcome-announced",
    group="people can",
    level="error",
    title="A screen reader is told what came of the press.",
    why="People who do not see the page hear nothing, and press again or give up.",
    source="https://www.w3.org/WAI/WCAG22/Understanding/status-messages",
    fix="Write the outcome into an element with role=status that is on the page from the start.",
    check=_check,
)
