"""Nothing is ticked beforehand that keeps a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.locating import at
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    for element in evidence.opened.facts["ticked"]:
        yield Finding(f"ticked: {element['label']}", **at(element))


RULE = Rule(
    id="nothing-pre-ticked",
    group="people can",
    level="error",
    title="Nothing is ticked beforehand that keeps a subscription.",
    why="People who press without reading stay subscribed; it is a known dark pattern.",
    source="https://github.com/porscheofficial/cookie-consent-banner/issues/20",
    fix="Leave it unticked, or tick what unsubscribes from everything.",
    check=_check,
)
