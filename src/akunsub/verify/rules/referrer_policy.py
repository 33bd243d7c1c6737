"""The address of the page, with the smid in it, goes to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    opened = evidence.opened
    said = opened.facts["referrer"] or opened.headers.get("referrer-policy", "")
    if said.lower() not in {"no-referrer", "same-origin", "strict-origin", "origin"}:
        yield Finding(f"the policy is {said or 'not set'}")
    smid = evidence.plan.smid
    for url, referer in opened.requests:
        if smid in referer and not url.startswith(evidence.plan.origin):
            yield Finding("the smid went to another host", evidence=(url,))


RULE = Rule(
    id="referrer-policy",
    group="private",
    level="warn",
    title="The address of the page, with the smid in it, goes to nobody.",
    why="Whoever has the smid can unsubscribe the person.",
    source="https://github.com/dart-lang/pub-dev/issues/3490",
    fix="<meta name='referrer' content='no-referrer'>, or the header Referrer-Policy: no-referrer.",
    check=_check,
)
