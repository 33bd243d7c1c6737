"""Nothing unnecessary is asked: no login, no CAPTCHA, no required field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.locating import at
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    facts = evidence.opened.facts
    for what, key in (
        ("a password is asked", "passwords"),
        ("a CAPTCHA is in the way", "captchas"),
    ):
        for element in facts[key]:
            yield Finding(what, **at(element))
    for element in facts["fields"]:
        if element["required"]:
            yield Finding("a field has to be filled in", **at(element))


RULE = Rule(
    id="no-obstacles",
    group="people can",
    level="error",
    title="Nothing unnecessary is asked: no login, no CAPTCHA, no required field.",
    why="US law forbids it: nothing beyond the address and preferences, and one page.",
    source="https://www.law.cornell.edu/cfr/text/16/316.5",
    fix=(
        "The smid says who it is. Take the field away, or make it optional and ask after the "
        "person has left."
    ),
    check=_check,
)
