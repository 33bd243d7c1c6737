"""Opening the page, with its script, sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    for call in evidence.opened.calls:
        yield Finding(f"{call['action']} came by itself: {call['reason']}")


RULE = Rule(
    id="no-call-by-itself",
    group="machines cannot",
    level="error",
    title="Opening the page, with its script, sends nothing.",
    why=(
        "Mail scanners open every link in a real browser; whole companies have been "
        "unsubscribed that way."
    ),
    source=(
        "https://blog.healthchecks.io/2019/12/preventing-office-365-atp-from-clicking-unsubscribe-links/"
    ),
    fix="Call confirmUnsub only in the handler of a person's press; never on load or by a timer.",
    check=_check,
)
