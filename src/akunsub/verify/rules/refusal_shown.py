"""When the endpoint refuses, the page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Rule
from akunsub.verify.truth import check_failure_is_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence
    from akunsub.verify.model import Finding


def _check(evidence: Evidence) -> Iterator[Finding]:
    evidence.check_press_sends()
    with evidence.visit() as seen:
        evidence.endpoint.set_resource(
            *evidence.plan.resource, mode="prevented", reason="This is a test of a refusal."
        )
        refused = evidence.press(seen)
    return check_failure_is_told(evidence, refused)


RULE = Rule(
    id="refusal-shown",
    group="tells the truth",
    level="error",
    title="When the endpoint refuses, the page says so.",
    why="A person who is not allowed to leave has to know it, to ask in another way.",
    source="https://github.com/tiki-deprecated/app/issues/248",
    fix="Show error.error_text of the rejection, or of akunsub:error.",
    check=_check,
)
