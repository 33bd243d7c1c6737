"""The page that a person presses a button on, for each try."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from benchmarks.laboratory.site import SCRIPT
from benchmarks.peers import npm, ours

if TYPE_CHECKING:
    from benchmarks.laboratory.scenarios import Scenario
    from benchmarks.laboratory.site import Site
    from benchmarks.peers.sender import Sender

READY = "body[data-ready]"
BUTTON = "#unsubscribe"
_LEFT = "/left.html"

# The mark is in a data attribute, as most SDKs send the page's address along.
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Unsubscribe</title>
<link rel="icon" href="data:,">{tags}</head>
<body data-mark="{mark}" data-to="{to}" data-next="{next}">
<button id="unsubscribe">Unsubscribe</button>
<script>
const { mark, to, next } = document.body.dataset;
document.querySelector('button').addEventListener('click', () => {
  send(mark);
  if (next) { location.href = next; }
});
Promise.resolve(start({ url: to })).then(() => { document.body.dataset.ready = ''; });
</script></body></html>"""


def publish_sender(site: Site, sender: Sender) -> None:
    """Put *sender*'s script on *site*; a peer's has been installed before."""
    code = npm.bundle(sender.key, sender.source) if sender.packages else sender.source
    site.add(f"/{sender.key}.js", code, SCRIPT)
    if sender is ours.SENDER:
        site.add(f"/{ours.FILE.name}", ours.FILE.read_bytes(), SCRIPT)
    site.add(_LEFT, "<!doctype html><title>Left</title><p>Another page.")


def publish(site: Site, sender: Sender, scenario: Scenario, mark: str, lane_url: str) -> str:
    """Put the page of one try on *site*; return its URL."""
    tags = f'<script src="/{sender.key}.js"></script>'
    if sender is ours.SENDER:
        own = f'src="/{ours.FILE.name}?id={ours.SCRIPT_ID}" data-ak-pxl-domain="{lane_url}"'
        tags = f"<script {own}></script>{tags}"
    values = {
        "{tags}": tags,
        "{mark}": mark,
        "{to}": html.escape(lane_url),
        "{next}": _LEFT if scenario.leaves == "navigates" else "",
    }
    text = _PAGE
    for name, value in values.items():
        text = text.replace(name, value)
    return site.add(f"/visit/{mark[4:]}.html", text)
