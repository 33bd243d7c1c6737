"""When the timer is over, nobody is told that they stay subscribed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import CannotTellError, Finding, Rule
from akunsub.verify.timer import cancel_late

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    in_time = evidence.cancelled
    if not in_time.is_visible or in_time.pressed.status != "subscribed":
        raise CannotTellError("what lets people stay does nothing before the timer is over either")
    kept = set(in_time.pressed.new_lines)
    selector = evidence.cancel_selector()
    for name, late in cancel_late(evidence):
        if claimed := [line for line in late.new_lines if line in kept]:
            yield Finding(f"at {name} it still claims to work", selector, evidence=tuple(claimed))
        elif not late.new_lines:
            yield Finding(f"at {name} the page says nothing to the press", selector)


RULE = Rule(
    id="timer-end",
    group="robust",
    level="error",
    title="When the timer is over, nobody is told that they stay subscribed.",
    why=(
        "People who read 'you stay subscribed' and get no more mail, or the other way round, "
        "have been lied to."
    ),
    source="https://guides.altcraft.com/en/user-guide/profiles-and-databases/66427",
    fix=(
        "Handle the code 'too_late' of cancelUnsub's rejection, and take the button away when "
        "seconds_left is 0."
    ),
    check=_check,
)
