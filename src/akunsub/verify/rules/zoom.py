"""At 200 % zoom the way out can be reached, and nothing covers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.locating import at
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    place = evidence.place()
    evidence.selector()  # without one, nothing can be told
    if cover := evidence.looked.cover:
        yield Finding("something else is in front of it", evidence=(cover,), **place)
    for element in evidence.looked.too_wide_zoomed:
        yield Finding("it is wider than the page", **at(element))


RULE = Rule(
    id="zoom",
    group="people can",
    level="error",
    title="At 200 % zoom the way out can be reached, and nothing covers it.",
    why="People who need large letters find a banner where the button is.",
    source="https://www.w3.org/WAI/WCAG22/Understanding/resize-text",
    fix="Let banners and headers scroll with the page, or leave room for what is under them.",
    check=_check,
)
