"""When no call gets through, the page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    blocked = evidence.blocked
    place = evidence.place()
    false = [line for line in blocked.new_lines if line in evidence.success_lines()]
    if false:
        yield Finding("the page claims success", evidence=tuple(false), **place)
    elif not blocked.new_lines:
        yield Finding("the page says nothing", **place)


RULE = Rule(
    id="failure-shown",
    group="tells the truth",
    level="error",
    title="When no call gets through, the page says so.",
    why=(
        "Blocklists and dead networks are common; who reads nothing, or 'done', believes to "
        "have left."
    ),
    source="https://github.com/easylist/easylist/issues/23091",
    fix=(
        "Handle the rejection of the promise, or akunsub:error; with error.code 'unreachable' "
        "say 'not yet'."
    ),
    check=_check,
)
