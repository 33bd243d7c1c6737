"""What else pages load to send events: compared by size only, as it has no means against faults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    """
    A script that a page loads.

    Attributes:
        name: For people.
        package: Of npm.
        version: Exact.
        source: An ES module; the smallest use that sends one event.
        remark: What the figures do not show.
    """

    name: str
    package: str
    version: str
    source: str
    remark: str = ""


SCRIPTS = (
    Script(
        "fathom-client",
        "fathom-client",
        "3.7.2",
        "import { load, trackEvent } from 'fathom-client';\n"
        "window.start = load; window.send = trackEvent;\n",
        "loads the script that sends from Fathom's server",
    ),
    Script(
        "plausible-tracker",
        "plausible-tracker",
        "0.3.9",
        "import Plausible from 'plausible-tracker';\nwindow.start = Plausible;\n",
    ),
    Script(
        "@vercel/analytics",
        "@vercel/analytics",
        "2.0.1",
        "import { inject, track } from '@vercel/analytics';\n"
        "window.start = inject; window.send = track;\n",
        "loads the script that sends from Vercel's server",
    ),
    Script(
        "@plausible-analytics/tracker",
        "@plausible-analytics/tracker",
        "0.4.6",
        "import { init, track } from '@plausible-analytics/tracker';\n"
        "window.start = init; window.send = track;\n",
    ),
    Script(
        "web-vitals",
        "web-vitals",
        "6.2.3",
        "import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';\n"
        "window.start = [onCLS, onFCP, onINP, onLCP, onTTFB];\n",
        "sends nothing itself",
    ),
    Script(
        "Customer.io",
        "@customerio/cdp-analytics-browser",
        "0.5.11",
        "import { AnalyticsBrowser } from '@customerio/cdp-analytics-browser';\n"
        "window.start = (to) => AnalyticsBrowser.load(to);\n",
    ),
    Script(
        "Braze",
        "@braze/web-sdk",
        "6.13.0",
        "import { initialize, logCustomEvent, requestImmediateDataFlush } from '@braze/web-sdk';\n"
        "window.start = initialize;\n"
        "window.send = (mark) => { logCustomEvent(mark); requestImmediateDataFlush(); };\n",
    ),
)

#: What the comparison leaves out, and why.
NOT_ON_NPM = {
    "GoatCounter": "count.js is served by GoatCounter's server",
    "Umami": "script.js is built with Umami's server",
    "Matomo": "matomo.js is served by Matomo's server",
    "Sentry loader": "served by Sentry's CDN, made for each project",
}
