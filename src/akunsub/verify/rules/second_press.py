"""Who opens the page again and presses again is told so, without an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    again = evidence.confirmed_again
    for call in again.calls:
        if call["verdict"] == "bad":
            yield Finding(f"the second press was refused: {call['reason']}", **evidence.place())
    if not again.new_lines:
        yield Finding("the page says nothing to the second press", **evidence.place())


RULE = Rule(
    id="second-press",
    group="works",
    level="error",
    title="Who opens the page again and presses again is told so, without an error.",
    why=(
        "People press twice because they do not trust the first time; an error tells them "
        "that it failed."
    ),
    source="https://github.com/buttondown/roadmap/issues/112",
    fix="Treat result.already as a success, and say 'already'.",
    check=_check,
)
