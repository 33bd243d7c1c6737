"""A press gets past what blocklists stop: pixels and beacons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.hardships import block
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    evidence.check_press_sends()
    if evidence.endures:
        return
    stopped: list[str] = []
    with evidence.visit(before=lambda page: block(page, evidence.plan.origin, stopped)) as seen:
        pressed = evidence.press(seen, say_s=0)
    if not pressed.calls:
        yield Finding("the press is stopped", evidence=tuple(stopped[:3]), **evidence.place())


RULE = Rule(
    id="passes-blocklists",
    group="clicks are not lost",
    level="error",
    title="A press gets past what blocklists stop: pixels and beacons.",
    why=(
        "Many people's browsers stop beacons to other sites, and pictures that look like "
        "tracking pixels."
    ),
    source="https://github.com/easylist/easylist/issues/17295",
    fix="Send with fetch and keepalive, as confirmUnsub does; no sendBeacon, no picture.",
    check=_check,
)
