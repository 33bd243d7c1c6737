"""PostHog: retries in memory, and sends what is left as a beacon when the page is left."""

from benchmarks.peers.sender import Sender

_SOURCE = """
import posthog from 'posthog-js/dist/module.no-external';
window.start = ({ url }) => new Promise((resolve) => {
  posthog.init('phc_benchmark', {
    api_host: url,
    request_batching: false,
    loaded: resolve,
    // It takes a headless browser for a machine.
    opt_out_useragent_filter: true,
    autocapture: false,
    capture_pageview: false,
    capture_pageleave: false,
    disable_session_recording: true,
    disable_external_dependency_loading: true,
    advanced_disable_flags: true,
  });
});
window.send = (mark) => { posthog.capture(mark, {}, { send_instantly: true }); };
"""

SENDER = Sender(
    key="posthog",
    name="PostHog",
    settings="request_batching false, send_instantly",
    source=_SOURCE,
    packages={"posthog-js": "1.449.2"},
    answers={"/": {"status": 1}},
)
