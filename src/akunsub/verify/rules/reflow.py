"""On a phone 320 pixels wide nothing is cut off: no sideways scrolling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.locating import at
from akunsub.verify.model import CannotTellError, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    sticking = evidence.looked.too_wide
    if sticking is None:
        raise CannotTellError("MiniBrowser's window is never narrower than 334 pixels")
    for element in sticking:
        yield Finding("it is wider than the page", **at(element))


RULE = Rule(
    id="reflow",
    group="people can",
    level="error",
    title="Nothing is cut off on a page 320 pixels wide.",
    why="A button off the screen is not there, nor is it for people who have zoomed to 400 %.",
    source="https://www.w3.org/WAI/WCAG22/Understanding/reflow",
    fix="<meta name='viewport' content='width=device-width'>, and widths that give way.",
    check=_check,
)
