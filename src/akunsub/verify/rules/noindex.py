"""Search engines are told not to list the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    opened = evidence.opened
    said = f"{opened.facts['robots']},{opened.headers.get('x-robots-tag', '')}".lower()
    if not {"noindex", "none"} & {one.strip() for one in said.split(",")}:
        yield Finding("neither a meta element nor a header says noindex")


RULE = Rule(
    id="noindex",
    group="private",
    level="warn",
    title="Search engines are told not to list the page.",
    why=(
        "Subscription pages have turned up in search engines; with a smid in the address "
        "anybody can use it."
    ),
    source="https://github.com/stcr/subscribe-to-comments-reloaded/issues/735",
    fix="<meta name='robots' content='noindex'>, or the header X-Robots-Tag: noindex.",
    check=_check,
)
