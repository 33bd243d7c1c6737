"""What blocklists stop, and that nothing of the SDK's is among it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from akunsub.verify import engines
from tests.browser.pages import logged
from tests.faults.fault import Fault
from tests.faults.visit import DONE, Visit

# EasyPrivacy's general rules about the shape of a URL, and its $ping and $image on third parties.
SHAPES = (
    r"/pixel\?(id|type|cid|m|tag)=",
    r"/pixel\.(gif|png|php|json)\?",
    r"/pixel/(img/|view\?|js/)",
    r"/pxl\.(gif|png)\?",
    r"/px\.gif\?",
    r"/px\?t=",
    r"/api/pixel\?",
)


def content_filter():
    """The same for WebKit's content blocker; a beacon is "other" there (WebKitGTK 2.50.6)."""
    stop = {"type": "block"}
    shapes = ["/pixel\\?", "/pixel\\.[a-z]*\\?", "/pixel/", "/pxl\\.", "/px\\.gif", "/px\\?t="]
    types = {"url-filter": ".*", "resource-type": ["image", "ping", "other"]}
    return [
        {"trigger": types, "action": stop},
        *({"trigger": {"url-filter": shape}, "action": stop} for shape in shapes),
    ]


@pytest.fixture
def blocking(engine, playwright, short_folder):
    """An engine whose pages have a blocker."""
    if (engine.kind, engine.name) != ("system", "webkit"):
        yield engine
        return
    path = Path(short_folder) / "blocklist.json"
    path.write_text(json.dumps(content_filter()))
    with engines.launch(playwright, "webkit", args=[f"--content-filter={path}"]) as other:
        yield other


def block(engine, page):
    if (engine.kind, engine.name) == ("system", "webkit"):
        return

    def decide(route):
        wanted = route.request
        is_shape = any(re.search(shape, wanted.url) for shape in SHAPES)
        # Over BiDi, Firefox ESR 153 calls a beacon a document.
        is_beacon = (wanted.resource_type, wanted.method) == ("document", "POST")
        is_type = is_beacon or wanted.resource_type in {"ping", "image"}
        route.abort() if is_shape or is_type else route.continue_()

    page.route("**/*", decide)


def test_a_blocklist_stops_pixels_and_not_a_press(lab, blocking):
    with blocking.page() as page, lab.lane(Fault()) as lane:
        visit = Visit(lab, blocking, page, lane, lab.new_smid())
        # What a blocked SDK would use; and, to see that they had their chance, one that is let go.
        pixels = f"""
          new Image().src = '{lane.url}/logo.gif';
          new Image().src = '{lane.url}/pixel.gif?id=1';
          fetch('{lane.url}/pixel?id=1').catch(() => 0);
          navigator.sendBeacon('{lane.url}/beacon');
          setTimeout(() => fetch('{lane.url}/unsub/state?smid={visit.smid}')
            .then(() => log('marker', 0)), 100);"""
        block(blocking, page)
        visit.publish(f"<script>{pixels}</script>").open()
        logged(page, "marker")

        visit.press().wait_until_told(DONE)

        assert {one["path"].partition("?")[0] for one in lane.requests} == {
            "/unsub/state",
            "/unsub/confirm",
        }
        visit.assert_stored_once()
