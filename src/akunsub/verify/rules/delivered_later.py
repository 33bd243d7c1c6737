"""A press made without a network is delivered when the page is opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    if not evidence.blocked.later_calls:
        yield Finding("the press is forgotten", **evidence.place())


RULE = Rule(
    id="delivered-later",
    group="clicks are not lost",
    level="error",
    title="A press made without a network is delivered when the page is opened again.",
    why=(
        "To somebody who presses in the underground it is done; the call must not die with "
        "the page."
    ),
    source="https://github.com/altcraft/android-sdk",
    fix="Use confirmUnsub, which keeps the press on the device until there is an answer.",
    check=_check,
)
