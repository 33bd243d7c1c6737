"""The page works when the script comes late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.hardships import delay_script
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    evidence.check_press_sends()
    if evidence.endures:
        return
    with evidence.visit(before=delay_script) as seen:
        errors = [one for one in seen.errors if one not in evidence.opened.errors]
        calls = evidence.press(seen, say_s=0).calls
    for error in errors:
        yield Finding(error)
    if not calls:
        yield Finding("the press sends nothing then", **evidence.place())


RULE = Rule(
    id="late-script",
    group="robust",
    level="error",
    title="The page works when the script comes late.",
    why="On a slow connection the script from another host comes last.",
    source="https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Elements/script#async",
    fix="Use defer, or make new AkUnsub() in the handler of the press, not while the page loads.",
    check=_check,
)
