"""Nobody reads 'unsubscribed' before the endpoint said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule
from akunsub.verify.truth import claims

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    evidence.success_lines()  # without them, nothing can be told
    if early := claims(evidence, evidence.held):
        yield Finding(
            "the page says so while the endpoint has not answered",
            evidence=early,
            **evidence.place(),
        )


RULE = Rule(
    id="success-after-answer",
    group="tells the truth",
    level="error",
    title="Nobody reads 'unsubscribed' before the endpoint said so.",
    why="A person who read it leaves, and gets mail for ever if the call failed.",
    source="https://github.com/knadh/listmonk/issues/3063",
    fix=(
        "Show it when the promise of confirmUnsub resolves, or on akunsub:result; until then "
        "say that it is being sent."
    ),
    check=_check,
)
