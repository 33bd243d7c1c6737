"""The page runs without an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    for error in dict.fromkeys(evidence.opened.errors):
        yield Finding(error)
    forbidden = dict.fromkeys(
        f"its Content-Security-Policy forbids {one['url']}: {one['directive']}"
        for one in evidence.opened.violations
        if not evidence.is_for_sdk(one["url"])  # that is another rule
    )
    for told in forbidden:
        yield Finding(told)


RULE = Rule(
    id="no-errors",
    group="works",
    level="error",
    title="The page runs without an error.",
    why="What breaks here can break the press in some browser.",
    source="https://developer.mozilla.org/en-US/docs/Web/API/Window/error_event",
    fix="Open the page with the browser's console, and fix what it reports.",
    check=_check,
)
