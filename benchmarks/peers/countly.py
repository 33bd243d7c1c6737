"""Countly: a queue in localStorage, sent in turns."""

from benchmarks.peers.sender import Sender

_SOURCE = """
import Countly from 'countly-sdk-web';
window.start = ({ url }) => {
  Countly.init({
    app_key: 'benchmark',
    url,
    interval: 250,
    max_events: 1,
    fail_timeout: 1,
    force_post: true,
    // It takes a headless browser for a machine.
    ignore_bots: false,
  });
  Countly.track_sessions();
};
window.send = (mark) => { Countly.add_event({ key: mark, count: 1 }); };
"""

SENDER = Sender(
    key="countly",
    name="Countly",
    settings="interval 250, max_events 1, fail_timeout 1, localStorage (default)",
    source=_SOURCE,
    packages={"countly-sdk-web": "26.1.1"},
    answers={"/i": {"result": "Success"}},
)
