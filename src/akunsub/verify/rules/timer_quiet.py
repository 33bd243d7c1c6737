"""The timer is not spoken every second."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence

# Of the three changes that four seconds can have.
_TOO_OFTEN = 3


def _check(evidence: Evidence) -> Iterator[Finding]:
    spoken = evidence.cancelled.spoken
    changes = [after for before, after in pairwise(spoken) if after != before]
    if len(changes) >= _TOO_OFTEN:
        new = tuple(line for lines in changes for line in lines if line not in spoken[0])
        yield Finding("a live region changes each second", evidence=new[:3])


RULE = Rule(
    id="timer-quiet",
    group="people can",
    level="error",
    title="The timer is not spoken every second.",
    why="A screen reader that counts aloud keeps people from hearing, or pressing, anything else.",
    source="https://github.com/w3c/aria/issues/821",
    fix="Keep the seconds out of live regions: role='timer' with aria-live='off'.",
    check=_check,
)
