"""People who use no pointer can leave: the keyboard alone is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.engines import press_key
from akunsub.verify.model import CannotTellError, Finding, Rule
from akunsub.verify.page_scripts import HAS_FOCUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence
    from akunsub.verify.visit import Visit

_MAX_TABS = 60


def _check(evidence: Evidence) -> Iterator[Finding]:
    selector, place = evidence.selector(), evidence.place()
    sends = bool(evidence.confirmed.calls)
    with evidence.visit() as seen:
        if not _focus(seen, selector):
            yield Finding("the focus never comes there", **place)
            return
        if not sends:
            raise CannotTellError("the press sends nothing")
        for key in ("Enter", "Space"):
            press_key(seen.engine, seen.page, key)
            seen.wait_for_call(1)
            if seen.calls():
                return
    yield Finding("Enter and Space do nothing there", **place)


def _focus(seen: Visit, selector: str) -> bool:
    """Go there with the Tab key."""
    for _ in range(_MAX_TABS):
        press_key(seen.engine, seen.page, "Tab")
        if seen.page.locator(selector).first.evaluate(HAS_FOCUS):
            return True
    return False


RULE = Rule(
    id="keyboard",
    group="people can",
    level="error",
    title="The keyboard alone is enough to leave.",
    why="People who cannot use a pointer could not leave.",
    source="https://www.w3.org/WAI/WCAG22/Understanding/keyboard",
    fix="Use a <button>: it takes the focus, Enter and Space by itself.",
    check=_check,
)
