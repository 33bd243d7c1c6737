"""The page's Content-Security-Policy lets the SDK work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    forbidden = evidence.opened.violations
    if evidence.opened.can_be_pressed:
        forbidden = [*forbidden, *evidence.confirmed.violations]
    told = dict.fromkeys(
        f"{one['directive']} forbids {one['url']}"
        for one in forbidden
        if evidence.is_for_sdk(one["url"])
    )
    for one in told:
        yield Finding(one)


RULE = Rule(
    id="csp-allows",
    group="clicks are not lost",
    level="error",
    title="The page's Content-Security-Policy lets the SDK work.",
    why="A policy that forgets the pixel host stops every press, in every browser.",
    source="https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP",
    fix="Add the pixel host to script-src and to connect-src.",
    check=_check,
)
