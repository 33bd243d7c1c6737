"""Nobody reads 'unsubscribed' before the endpoint has said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule
from akunsub.verify.truth import claims

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    success = evidence.success_lines()  # without them, nothing can be told
    early = evidence.confirmed.early_lines
    if claimed := claims(evidence, early):
        yield Finding(
            "the page says so while the endpoint has not answered",
            evidence=claimed,
            **evidence.place(),
        )
        return
    stayed = [one for one in early if one in evidence.confirmed.new_lines and one not in success]
    if stayed:
        yield Finding(
            "this was there before the answer, and stayed: does it say that somebody has left?",
            evidence=tuple(stayed),
            is_certain=False,
            **evidence.place(),
        )


RULE = Rule(
    id="success-after-answer",
    group="tells the truth",
    level="error",
    title="Nobody reads 'unsubscribed' before the endpoint has said so.",
    why="A person who reads it goes away, and keeps getting mail if the call failed.",
    source="https://github.com/knadh/listmonk/issues/2513",
    fix=(
        "Show it when the promise of confirmUnsub resolves, or on akunsub:result; until then "
        "say that it is being sent."
    ),
    check=_check,
)
