"""The page says which language it is in."""

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
    title="The page says which language it is in.",
    why="Otherwise screen readers read it with the sounds of another language.",
    source="https://github.com/buttondown/roadmap/issues/57",
    fix="Write <html lang='en'>, with the page's own language.",
    check=_check,
)
