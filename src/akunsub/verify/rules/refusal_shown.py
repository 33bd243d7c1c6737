"""When the endpoint refuses, the page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    refused = evidence.refused
    place = evidence.place()
    false = [line for line in refused.new_lines if line in evidence.success_lines()]
    if false:
        yield Finding("the page claims success", evidence=tuple(false), **place)
    elif not refused.new_lines:
        yield Finding("the page says nothing", **place)


RULE = Rule(
    id="refusal-shown",
    group="tells the truth",
    level="error",
    title="When the endpoint refuses, the page says so.",
    why="A person who is not let go has to know, to ask in another way.",
    source="https://guides.altcraft.com/en/",
    fix="Show error.error_text of the rejection, or of akunsub:error.",
    check=_check,
)
