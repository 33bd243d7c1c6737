"""A press gets past what blocklists stop: pixels and beacons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Request, Route

    from akunsub.verify.evidence import Evidence

# EasyPrivacy's general rules about the shape of a URL.
_SHAPES = re.compile(
    r"/pixel\?(id|type|cid|m|tag)=|/pixel\.(gif|png|php|json)\?|/pixel/(img/|view\?|js/)"
    r"|/pxl\.(gif|png)\?|/px\.gif\?|/px\?t=|/api/pixel\?"
)


def _check(evidence: Evidence) -> Iterator[Finding]:
    evidence.check_press_sends()
    stopped: list[str] = []

    def decide(route: Route) -> None:
        asked = route.request
        # Over BiDi, Firefox ESR 153 calls a beacon a document.
        is_beacon = (asked.resource_type, asked.method) == ("document", "POST")
        is_ping = asked.resource_type in {"ping", "beacon", "image"}
        if is_ping or _SHAPES.search(asked.url) or (is_beacon and not _navigates(asked)):
            stopped.append(asked.url)
            route.abort("blockedbyclient")
        else:
            route.fallback()

    def block(page: Page) -> None:
        page.route(lambda url: urlsplit(url).netloc != own, decide)

    own = urlsplit(evidence.plan.url).netloc
    with evidence.visit(before=block) as seen:
        pressed = evidence.press(seen, say_s=0)
    if not pressed.calls:
        yield Finding("the press is stopped", evidence=tuple(stopped[:3]), **evidence.place())


def _navigates(asked: Request) -> bool:
    # A form that is sent by itself goes on to a new page.
    return "text/html" in asked.headers.get("accept", "")


RULE = Rule(
    id="passes-blocklists",
    group="clicks are not lost",
    level="error",
    title="A press gets past what blocklists stop: pixels and beacons.",
    why=(
        "Many people's browsers stop beacons to other sites, and pictures that look like "
        "tracking pixels."
    ),
    source="https://github.com/easylist/easylist/issues/17295",
    fix="Send with fetch and keepalive, as confirmUnsub does; no sendBeacon, no picture.",
    check=_check,
)
