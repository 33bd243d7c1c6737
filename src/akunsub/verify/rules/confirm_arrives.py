"""A press arrives at the endpoint as a good call, for the person whose page it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import CannotTellError, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    if evidence.plan.mode == "prevented":
        raise CannotTellError("the resource's mode is prevented: no press is accepted")
    pressed = evidence.confirmed
    place = evidence.place()
    if not pressed.calls:
        yield Finding("the press sent no call", **place)
    for call in pressed.calls:
        if call["verdict"] == "bad":
            fix = [call["fix"]] if call["fix"] else []
            yield Finding(f"refused: {call['reason']}", evidence=tuple(fix), **place)
        elif call["smid"] != evidence.plan.smid:
            seen = (f"the page's URL has {evidence.plan.smid}", f"the call has {call['smid']}")
            yield Finding("the call is for another person", evidence=seen, **place)


RULE = Rule(
    id="confirm-arrives",
    group="works",
    level="error",
    title="A press arrives at the endpoint as a good call, for the person whose page it is.",
    why="A call with the wrong smid, token or category unsubscribes somebody else, or nobody.",
    source="https://guides.altcraft.com/en/user-guide/profiles-and-databases/66427",
    fix=(
        "Take the smid from the page's URL ({send_message_id}); take id or rtoken and the "
        "category names from the resource."
    ),
    check=_check,
)
