"""When no call gets through, another way out is in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    if not evidence.blocked.ways:
        yield Finding("no address, telephone number or other link is visible after the failure")


RULE = Rule(
    id="way-out",
    group="clicks are not lost",
    level="error",
    title="When no call gets through, another way out is in sight.",
    why="The person may be behind a filter for good.",
    source="https://github.com/uBlockOrigin/uAssets/issues/8409",
    fix="Show an address to write to, or a form that posts to the endpoint by itself.",
    check=_check,
)
