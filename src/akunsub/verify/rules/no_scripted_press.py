"""A press that a script makes sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    for call in evidence.scripted.calls:
        yield Finding(
            f"{call['action']} was sent by a script's press: {call['reason']}",
            **evidence.place(),
        )


RULE = Rule(
    id="no-scripted-press",
    group="machines cannot",
    level="error",
    title="A press that a script makes sends nothing.",
    why="Scanners and extensions press buttons to see what is behind them.",
    source="https://github.com/alphagov/notifications-admin/pull/5203",
    fix="Leave require_gesture as it is; in handlers of your own, look at event.isTrusted.",
    check=_check,
)
