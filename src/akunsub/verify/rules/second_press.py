"""People who open the page again and press again are told so, without an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import CannotTellError, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    evidence.check_press_sends()
    again = evidence.confirmed.again
    if again is None:
        raise CannotTellError("there was no first press that was accepted")
    for call in again.calls:
        if call["verdict"] == "bad":
            yield Finding(f"the second press was refused: {call['reason']}", **evidence.place())
    if not again.new_lines:
        yield Finding("the page says nothing to the second press", **evidence.place())


RULE = Rule(
    id="second-press",
    group="works",
    level="error",
    title="People who open the page again and press again are told so, without an error.",
    why=(
        "People press twice because they do not trust the first time; an error tells them "
        "that it failed."
    ),
    source="https://github.com/thoughtbot/constable/issues/359",
    fix="Treat result.already as a success, and say 'already'.",
    check=_check,
)
