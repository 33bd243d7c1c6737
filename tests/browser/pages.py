"""Parts of test pages, and reading what they wrote about themselves."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.conftest import ROOT, SCRIPT_ID, SMID

MANIFEST = json.loads((ROOT / "dist" / "manifest.json").read_text())
MINIFIED = "ak_list_unsubscribe.js"
READABLE = "ak_list_unsubscribe.debug.js"
WAIT_MS = 20_000


def sdk_tag(endpoint, attributes="", *, name=MINIFIED, query=f"?id={SCRIPT_ID}"):
    """The tag as a careful author has it: from the other origin, with its integrity."""
    integrity = MANIFEST["files"][name]["integrity"]
    return (
        f'<script src="{endpoint.url}/{name}{query}" integrity="{integrity}" '
        f'crossorigin="anonymous" {attributes}></script>'
    )


def button(script, element_id="b"):
    """A button with an inline handler, as in the platform's documentation."""
    return f'<button id="{element_id}" onclick="{script}">Press</button>'


def logged(page, kind, count=1):
    """Wait until *kind* was logged *count* times; return what was logged with it."""
    lines = page.locator("#log li", has_text=f'["{kind}",')
    expect(lines).to_have_count(count, timeout=WAIT_MS)
    return [json.loads(text)[1] for text in lines.all_inner_texts()]


def everything_logged(page):
    """Return all that was logged so far, by kind."""
    return [json.loads(text)[0] for text in page.locator("#log li").all_inner_texts()]


def watched(call):
    """A handler that logs what becomes of the promise of *call*."""
    return f"watch({call})"


# What the endpoint says to a confirm, for stubs of it.
SUCCESS = (
    '{"error":0,"error_text":"Successful operation","profile_id":"658997338e8f4032d92fd56d",'
    '"status":"unsubscribed","already":false,"categories":[],"seconds_left":0}'
)
CONFIRM = f"AkUnsub.confirmUnsub('{SMID}')"
