"""The page says in which language it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    if not evidence.opened.facts["lang"].strip():
        yield Finding("<html> has no lang", selector="html")


RULE = Rule(
    id="language",
    group="people can",
    level="error",
    title="The page says in which language it is.",
    why="Screen readers read it with another language's sounds otherwise.",
    source="https://github.com/buttondown/roadmap/issues/57",
    fix="<html lang='en'>.",
    check=_check,
)
