"""When no call gets through, the page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Rule
from akunsub.verify.truth import check_failure_is_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence
    from akunsub.verify.model import Finding


def _check(evidence: Evidence) -> Iterator[Finding]:
    return check_failure_is_told(evidence, evidence.blocked)


RULE = Rule(
    id="failure-shown",
    group="tells the truth",
    level="error",
    title="When no call gets through, the page says so.",
    why=(
        "Blocklists and dead networks are common; people who read nothing, or 'done', believe "
        "that they have left."
    ),
    source="https://github.com/easylist/easylist/issues/23091",
    fix=(
        "Handle the rejection of the promise, or akunsub:error; with error.code 'unreachable' "
        "say 'not yet'."
    ),
    check=_check,
)
