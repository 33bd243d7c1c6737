"""There is something to press that lets people leave, and it can be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    place = evidence.place()
    if not place["selector"]:
        yield Finding("no button or link that unsubscribes was found")
    elif not evidence.opened.can_be_pressed:
        yield Finding("it is not in sight, or disabled", **place)


RULE = Rule(
    id="confirm-found",
    group="works",
    level="error",
    title="There is something to press that lets people leave, and it can be pressed.",
    why="People who cannot find the way out report the mail as spam.",
    source="https://www.law.cornell.edu/uscode/text/15/7704",
    fix=(
        "Show a button that calls confirmUnsub, has data-ak-unsub, or says what it does; name "
        "any other with --confirm."
    ),
    check=_check,
)
