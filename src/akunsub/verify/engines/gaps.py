"""
What each engine cannot do, by name, as measured with Playwright 1.65.2.

A test or drill that needs one of these asks ``engine.lacks`` and says that it was skipped.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from akunsub.verify.engines.finding import Found

CAPABILITIES = {
    "bypass_csp": "the option bypass_csp",
    "cdp": "Chrome DevTools Protocol sessions",
    "color_scheme": "the option color_scheme",
    "context_options": "options of new_page other than viewport, user_agent and timezone_id",
    "cross_site_frames": "clicks arrive inside a frame from another site",
    "csp_messages": "violations of a page's CSP are console messages",
    "gestures": "only a press is a user gesture; without it, every look at a page is one",
    "go_back": "page.go_back",
    "js_off": "the option java_script_enabled=False",
    "keepalive_on_close": "a keepalive fetch waiting for its preflight outlives its page",
    "locale": "the option locale",
    "multipage": "a second page in a context; pop-ups are pages",
    "offline": "context.set_offline",
    "pdf": "page.pdf",
    "post_data": "request.post_data",
    "service_worker_events": "context.service_workers",
    "storage_state": "context.storage_state",
    "touch": "the option has_touch, page.tap",
    "tracing": "context.tracing",
    "trusted_events": "Playwright's own click and keyboard are trusted; press is everywhere",
    "user_agent": "the option user_agent changes the request header",
    "video": "the option record_video_dir",
}

_GAPS = {
    ("playwright", "chromium"): frozenset[str](),
    # Only documented differences; these two builds could not be downloaded where this was made.
    # Juggler's Runtime.js calls notifyUserGestureActivation itself, out of our reach.
    ("playwright", "firefox"): frozenset({"cdp", "gestures", "pdf"}),
    ("playwright", "webkit"): frozenset({"cdp", "pdf"}),
    ("system", "chromium"): frozenset({"video"}),
    ("system", "firefox"): frozenset(
        {
            "bypass_csp",
            "cdp",
            "color_scheme",
            "cross_site_frames",
            "csp_messages",
            "go_back",
            "js_off",
            "post_data",
            "service_worker_events",
            "touch",
            "user_agent",
            "video",
        }
    ),
    ("system", "webkit"): frozenset(
        {
            "bypass_csp",
            "cdp",
            "color_scheme",
            "context_options",
            "go_back",
            "js_off",
            "keepalive_on_close",
            "locale",
            "multipage",
            "offline",
            "pdf",
            "storage_state",
            "touch",
            "tracing",
            "trusted_events",
            "video",
        }
    ),
}


def gaps(found: Found) -> frozenset[str]:
    """Return the names, out of ``CAPABILITIES``, of what the engine *found* lacks."""
    # Elsewhere than on POSIX nothing takes the pretended gestures back, see launching.py.
    return _GAPS[found.kind, found.name] | ({"gestures"} if os.name != "posix" else set())
