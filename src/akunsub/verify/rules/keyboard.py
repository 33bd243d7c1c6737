"""People who use no pointer can leave: the keyboard alone is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    has_focus, pressed = evidence.by_keyboard
    place = evidence.place()
    if not has_focus:
        yield Finding("the focus never comes there", **place)
    elif not pressed.calls and evidence.confirmed.calls:
        yield Finding("Enter and Space do nothing there", **place)


RULE = Rule(
    id="keyboard",
    group="people can",
    level="error",
    title="The keyboard alone is enough to leave.",
    why="Who cannot use a pointer could not leave.",
    source="https://www.w3.org/WAI/WCAG22/Understanding/keyboard",
    fix="Use a <button>: it takes the focus, Enter and Space by itself.",
    check=_check,
)
