"""There is something to press that lets people leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    if not evidence.has_confirm():
        yield Finding("no button or link that unsubscribes was found")


RULE = Rule(
    id="confirm-found",
    group="works",
    level="error",
    title="There is something to press that lets people leave.",
    why="Who cannot find the way out reports the mail as spam.",
    source="https://www.law.cornell.edu/cfr/text/16/316.5",
    fix=(
        "A visible button that calls confirmUnsub, or has data-ak-unsub, or whose name says "
        "what it does; --confirm names another."
    ),
    check=_check,
)
