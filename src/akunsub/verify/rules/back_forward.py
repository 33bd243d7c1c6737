"""The page works when people go away and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.hardships import go_and_come_back
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    evidence.check_press_sends()
    if evidence.endures:
        return
    with evidence.visit() as seen:
        go_and_come_back(seen)
        if calls := seen.calls():
            yield Finding(f"coming back sent {calls[0]['action']} by itself")
        elif not seen.wait_for_visible(evidence.selector()):
            yield Finding("the way out is not in sight any more", **evidence.place())
        elif not evidence.press(seen, say_s=0).calls:
            yield Finding("the press sends nothing then", **evidence.place())


RULE = Rule(
    id="back-forward",
    group="robust",
    level="error",
    title="The page works when people go away and come back.",
    why=(
        "A page that comes out of the browser's back/forward cache is as it was left; its "
        "load event does not come again."
    ),
    source="https://web.dev/articles/bfcache",
    fix="Put what the page looks like into a function, and call it on pageshow as well.",
    check=_check,
)
