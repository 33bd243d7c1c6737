"""One page is enough: the press does not lead to another."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    pressed = evidence.confirmed
    if pressed.calls:
        return
    before, after = urlsplit(evidence.opened.url), urlsplit(pressed.url)
    if (before.netloc, before.path) != (after.netloc, after.path):
        told = f"the press led to {after.netloc}{after.path} and sent nothing"
        yield Finding(told, **evidence.place())


RULE = Rule(
    id="one-page",
    group="people can",
    level="error",
    title="One page is enough: the press does not lead to another.",
    why="US law allows one page; on the second one people give up.",
    source="https://www.law.cornell.edu/cfr/text/16/316.5",
    fix="Call confirmUnsub on the first page; ask anything else after the person has left.",
    check=_check,
)
