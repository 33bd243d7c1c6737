"""The page is ready for a strict Content-Security-Policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.locating import at
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    facts = evidence.opened.facts
    for element in facts["inlineScripts"]:
        yield Finding("a script is written into the page", **at(element))
    for element in facts["inlineHandlers"]:
        yield Finding("a handler is written into the page", **at(element))


RULE = Rule(
    id="strict-csp",
    group="robust",
    level="warn",
    title="The page is ready for a strict Content-Security-Policy.",
    why=(
        "A policy without 'unsafe-inline' stops what is written into the page itself: the "
        "press would do nothing."
    ),
    source="https://web.dev/articles/strict-csp",
    fix=(
        "Move scripts and handlers into a file, or give the script a nonce; data-ak-unsub "
        "needs no script."
    ),
    check=_check,
)
