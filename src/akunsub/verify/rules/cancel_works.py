"""While the timer runs, people can stay after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    cancelled = evidence.cancelled
    selector = evidence.cancel_selector()
    if not cancelled.is_visible:
        yield Finding("what lets people stay is not in sight at 29:59 of 30:00", selector)
        return
    calls = [call for call in cancelled.pressed.calls if call["action"] == "cancel"]
    if not calls:
        yield Finding("the press sent no cancel", selector)
    for call in calls:
        if call["verdict"] == "bad":
            yield Finding(f"refused: {call['reason']}", selector, evidence=(call["fix"] or "",))
    if calls and cancelled.pressed.status == "pending":
        named = calls[0]["categories"]
        told = (f"the call was for {', '.join(named or ())}; the timer is the subscription's",)
        yield Finding("the timer goes on", selector, evidence=told if named else ())


RULE = Rule(
    id="cancel-works",
    group="works",
    level="error",
    title="While the timer runs, people can stay after all.",
    why="Who pressed the link by mistake, or whose scanner did, loses what they wanted to keep.",
    source="https://guides.altcraft.com/en/user-guide/profiles-and-databases/66427",
    fix=(
        "Show a button that calls cancelUnsub, or has data-ak-unsub='cancel', while the "
        "status is 'pending'."
    ),
    check=_check,
)
