"""
What a press gets through on a page that was made well, and one visit with all of it at once.

Where the press arrives in that one, no rule has to try its hardship apart.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from akunsub.verify.forwarding import is_for_pixel_host
from akunsub.verify.loading import PageLostError
from akunsub.verify.model import CannotTellError

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

    from akunsub.verify.evidence import Evidence
    from akunsub.verify.visit import Visit

_LATE_S = 1.0
_SETTLED_S = 0.3
# EasyPrivacy's general rules about the shape of a URL.
_SHAPES = re.compile(
    r"/pixel\?(id|type|cid|m|tag)=|/pixel\.(gif|png|php|json)\?|/pixel/(img/|view\?|js/)"
    r"|/pxl\.(gif|png)\?|/px\.gif\?|/px\?t=|/api/pixel\?"
)
_THERE_AND_BACK = """() => {
  for (const name of ['pagehide', 'pageshow']) {
    dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
  }
}"""


def block(page: Page, origin: str, stopped: list[str]) -> None:
    """
    Stop what blocklists stop: beacons to other sites, pictures, and what looks like a pixel.

    Args:
        page: Whose requests they are.
        origin: The page's, which blocklists leave alone.
        stopped: Gets the URLs.
    """

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

    page.route(lambda url: not url.startswith(f"{origin}/"), decide)


def _navigates(asked: Request) -> bool:
    # A form that is sent by itself goes on to a new page.
    return "text/html" in asked.headers.get("accept", "")


def delay_script(page: Page) -> None:
    """Let the SDK's script come last, as on a slow connection."""

    def be_late(route: Route) -> None:
        time.sleep(_LATE_S)
        route.fallback()

    page.route(lambda url: is_for_pixel_host(url) and urlsplit(url).path.endswith("js"), be_late)


def go_and_come_back(seen: Visit) -> None:
    """
    Let the page go into the back/forward cache, and out of it.

    Told by the two events that the cache sends: to what it restores, drivers are blind.
    """
    seen.page.evaluate(_THERE_AND_BACK)
    seen.settle(_SETTLED_S)


def endures_all(evidence: Evidence) -> bool:
    """
    Press under all hardships at once: is it as without them?

    What cannot be told so is none: then each is tried apart, and only that one is skipped.
    """
    from playwright.sync_api import Error

    try:
        return _endures_all(evidence)
    except (CannotTellError, PageLostError, Error):
        return False


def _endures_all(evidence: Evidence) -> bool:
    def prepare(page: Page) -> None:
        block(page, evidence.plan.origin, [])
        delay_script(page)

    with evidence.visit(before=prepare) as seen:
        go_and_come_back(seen)
        return (
            not set(seen.errors) - set(evidence.opened.errors)
            and not seen.calls()
            and seen.can_be_pressed(evidence.selector())
            and bool(evidence.press(seen, say_s=0).calls)
        )
