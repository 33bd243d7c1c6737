"""On a phone 320 pixels wide nothing is cut off: no sideways scrolling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    for element in evidence.too_wide:
        yield Finding("it is wider than the page", **element)


RULE = Rule(
    id="reflow",
    group="people can",
    level="error",
    title="Nothing is cut off where the page is 320 pixels wide.",
    why="A button off the screen is not there; so it is for who has zoomed to 400 %.",
    source="https://www.w3.org/WAI/WCAG22/Understanding/reflow",
    fix="<meta name='viewport' content='width=device-width'>, and widths that give way.",
    check=_check,
)
