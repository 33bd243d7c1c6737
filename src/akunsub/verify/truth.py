"""Does the page say that somebody has left when nobody has?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from akunsub.verify.evidence import Evidence
    from akunsub.verify.observed import Pressed


def claims(evidence: Evidence, lines: Sequence[str]) -> tuple[str, ...]:
    """Return those of *lines* that the page shows when somebody has left."""
    if not lines or evidence.plan.mode == "prevented":  # where nobody can ever have left
        return ()
    success = evidence.success_lines()
    return tuple(line for line in lines if line in success)


def check_failure_is_told(evidence: Evidence, pressed: Pressed) -> Iterator[Finding]:
    """Give what is wrong with what the page says to a press that came to nothing."""
    place = evidence.place()
    if false := claims(evidence, pressed.new_lines):
        yield Finding("the page claims success", evidence=false, **place)
    elif not pressed.new_lines:
        yield Finding("the page says nothing", **place)
