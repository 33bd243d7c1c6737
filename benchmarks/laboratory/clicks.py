"""How long a click takes, as the page itself sees it: from the press to the answer."""

from __future__ import annotations

import html
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from akunsub.verify import engines
from benchmarks.laboratory.site import SCRIPT
from benchmarks.peers import ours

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from akunsub.verify.engines import Engine
    from benchmarks.laboratory.site import Site
    from tests.faults.client import Lane

SMID = "fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA"
#: What tells the page's own fetch from the SDK's in the endpoint's log; as long as a version.
RAW_VERSION = "0.0.0"
_TIMEOUT_MS = 60_000
#: Somebody looks at the page first: a preconnect is done by then, at 200 ms too.
_LOOK_S = 1.0

# The press is the event's own time, which is when the browser got it from the pointer. Both bodies
# have the same fields and lengths.
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Latency</title>
<link rel="icon" href="data:,">{head}</head><body data-to="{to}">
<button id="sdk">SDK</button><button id="raw">fetch</button>
<script>
const times = [];
function time(id, send) {
  document.getElementById(id).addEventListener('click', async (event) => {
    const pressed = event.timeStamp;
    await send();
    const taken = performance.now() - pressed;
    times.push([id, taken, performance.timeOrigin + pressed]);
    document.body.dataset.answers = times.length;
  });
}
const digits = () => Math.random();
time('sdk', () => AkUnsub.confirmUnsub('{smid}'));
time('raw', async () => {
  const body = new URLSearchParams({
    smid: '{smid}', id: '{id}',
    request_id: [Date.now(), digits(), digits()].join('-'), v: '{version}',
  });
  const response = await fetch(document.body.dataset.to + '/unsub/confirm', {
    method: 'POST', credentials: 'omit', body,
  });
  await response.json();
});
</script></body></html>"""

_PRECONNECT = '<link rel="preconnect" crossorigin href="{to}">'
_NO_PRECONNECT = """<script>
const append = document.head.append;
document.head.append = (...nodes) =>
  append.apply(document.head, nodes.filter((node) => node.rel !== 'preconnect'));
</script>"""
_SDK = '<script src="/{file}?id={id}" data-ak-pxl-domain="{to}"></script>'

#: What is in the page's head, by what is measured.
HEADS = {
    "sdk": _SDK,
    "sdk without preconnect": _NO_PRECONNECT + _SDK,
    "fetch with preconnect": _PRECONNECT,
    "fetch": "",
}


@dataclass
class Clicks:
    """What was measured of one way to send: milliseconds."""

    answered_ms: list[float] = field(default_factory=list)
    stored_ms: list[float] = field(default_factory=list)


def publish(site: Site, lane: Lane, head: str) -> str:
    """Put the page with ``HEADS[head]`` on *site*; return its URL."""
    site.add(f"/{ours.FILE.name}", ours.FILE.read_bytes(), SCRIPT)
    values = {
        "{head}": HEADS[head],
        "{to}": html.escape(lane.url),
        "{smid}": SMID,
        "{id}": ours.SCRIPT_ID,
        "{version}": RAW_VERSION,
        "{file}": ours.FILE.name,
    }
    text = _PAGE
    for name, value in values.items():
        text = text.replace(name, value)
    return site.add(f"/{lane.port}-{head.replace(' ', '-')}.html", text)


def open_page(page: Page, url: str) -> None:
    page.goto(url, timeout=_TIMEOUT_MS)
    time.sleep(_LOOK_S)


def press(engine: Engine, page: Page, button: str) -> None:
    """Press *button*, "sdk" or "raw", and wait for the answer."""
    answers = int(page.locator("body").get_attribute("data-answers") or 0)
    engines.press(engine, page, f"#{button}")
    page.wait_for_selector(
        f"body[data-answers='{answers + 1}']", state="attached", timeout=_TIMEOUT_MS
    )


def collect(page: Page, lane: Lane, way_s: float, *, skip: int) -> dict[str, Clicks]:
    """
    Return what *page* measured, by button.

    Args:
        page: Every button of it was pressed by ``press``.
        lane: Its log says when the endpoint was done.
        way_s: Half of its round trip.
        skip: The first so many presses were for warming up.
    """
    requests = [one for one in lane.requests if one["method"] == "POST"]
    found: dict[str, Clicks] = {"sdk": Clicks(), "raw": Clicks()}
    times = page.evaluate("times")
    for (button, taken_ms, pressed_at_ms), request in zip(times, requests, strict=True):
        if skip:
            skip -= 1
            continue
        found[button].answered_ms.append(taken_ms)
        stored_at_ms = (request["ended_at"] - way_s) * 1000
        found[button].stored_ms.append(stored_at_ms - pressed_at_ms)
    return found
