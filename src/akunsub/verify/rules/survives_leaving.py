"""A press arrives even if the person leaves the page at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.forwarding import is_call
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    evidence.check_press_sends()
    sends = [one for one in evidence.confirmed.sends if is_call(one["url"])]
    dying = [one["how"] for one in sends if not one["outlives"]]
    if dying and not evidence.blocked.later_calls:
        told = f"{dying[0]} without keepalive, and nothing is kept for the next visit"
        yield Finding("the call dies with the page", evidence=(told,), **evidence.place())


RULE = Rule(
    id="survives-leaving",
    group="clicks are not lost",
    level="error",
    title="A press arrives even if the person leaves the page at once.",
    why="People press and close the tab; what the browser has not sent by then is thrown away.",
    source="https://developer.mozilla.org/en-US/docs/Web/API/RequestInit#keepalive",
    fix="Use confirmUnsub, which sends with keepalive and keeps what was not answered.",
    check=_check,
)
