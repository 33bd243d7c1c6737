"""The page's address, with the smid in it, goes to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence

_GOOD = {"no-referrer", "same-origin", "strict-origin", "origin"}


def _check(evidence: Evidence) -> Iterator[Finding]:
    opened = evidence.opened
    said = opened.facts["referrer"] or opened.headers.get("referrer-policy", "")
    # Of several, browsers take the last one that they know.
    if said.lower().rpartition(",")[2].strip() not in _GOOD:
        yield Finding(f"the policy is {said or 'not set'}")
    smid = evidence.plan.smid
    for one in opened.requests:
        is_elsewhere = not one.url.startswith(f"{evidence.plan.origin}/")
        if is_elsewhere and smid in one.headers.get("referer", ""):
            yield Finding("the smid went to another host", evidence=(one.url,))


RULE = Rule(
    id="referrer-policy",
    group="private",
    level="warn",
    title="The page's address, with the smid in it, goes to nobody.",
    why="Anybody who has the smid can unsubscribe the person.",
    source="https://github.com/dart-lang/pub-dev/issues/3490",
    fix="<meta name='referrer' content='no-referrer'>, or the header Referrer-Policy: no-referrer.",
    check=_check,
)
