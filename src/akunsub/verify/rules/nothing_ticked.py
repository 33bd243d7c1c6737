"""Nothing ticked never means everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import CannotTellError, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence
    from akunsub.verify.visit import Visit


def _check(evidence: Evidence) -> Iterator[Finding]:
    evidence.check_press_sends()
    facts = evidence.opened.facts
    if not facts["boxes"]:
        raise CannotTellError("the page offers no categories to tick")
    if not facts["boxesSender"]:
        raise CannotTellError("which of the buttons sends what is ticked could not be found")
    with evidence.visit() as seen:
        _untick(evidence, seen)
        sender = facts["boxesSender"]["selector"]
        pressed = evidence.press(seen, sender, call_s=evidence.notes.reaction_s, say_s=0)
    if pressed.status == "unsubscribed":
        yield Finding("with nothing ticked, the press unsubscribed from everything")


def _untick(evidence: Evidence, seen: Visit) -> None:
    """Take all ticks away; where they cannot be set, choose what lets them be set first."""
    facts = evidence.opened.facts
    boxes = [seen.page.locator(one["selector"]) for one in facts["boxes"]]
    for radio in facts["radios"]:
        if all(box.is_enabled() for box in boxes):
            break
        if not radio["isChecked"]:
            seen.press(radio["selector"])
    for one, box in zip(facts["boxes"], boxes, strict=True):
        if box.is_enabled() and box.is_checked():
            seen.press(one["selector"])


RULE = Rule(
    id="nothing-ticked",
    group="robust",
    level="error",
    title="Nothing ticked never means everything.",
    why="People who took all ticks away wanted to keep everything, and were taken off every list.",
    source="https://github.com/knadh/listmonk/issues/1407",
    fix="Send [] for no categories, which AkUnsub refuses, and ask the person to tick something.",
    check=_check,
)
