"""A page opened ahead of time, in the background, sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from akunsub.verify.evidence import Evidence

_UNSEEN = """
Object.defineProperty(Document.prototype, 'prerendering', { get: () => true });
Object.defineProperty(Document.prototype, 'hidden', { get: () => true });
Object.defineProperty(Document.prototype, 'visibilityState', { get: () => 'hidden' });
"""


def _check(evidence: Evidence) -> Iterator[Finding]:
    with evidence.visit(before=_pretend) as seen:
        calls = seen.wait_for_call(evidence.notes.reaction_s)
    for call in calls:
        yield Finding(f"{call['action']} was sent while nobody saw the page: {call['reason']}")


def _pretend(page: Page) -> None:
    # No driver shows a page that a browser really prerenders.
    page.add_init_script(_UNSEEN)


RULE = Rule(
    id="no-prerendered-call",
    group="machines cannot",
    level="error",
    title="A page opened ahead of time, in the background, sends nothing.",
    why=(
        "Browsers and scanners open pages that nobody looks at, to have them ready or to see "
        "what they do."
    ),
    source="https://developer.chrome.com/docs/web-platform/prerender-pages",
    fix="Send only in the handler of a person's press; AkUnsub does not send from such a page.",
    check=_check,
)
