"""Sentry: sends at once, and keeps in IndexedDB what could not be sent."""

from benchmarks.peers.sender import Sender

_SOURCE = """
import {
  captureMessage, init, makeBrowserOfflineTransport, makeFetchTransport,
} from '@sentry/browser';
window.start = ({ url }) => {
  init({
    dsn: url.replace('//', '//benchmark@') + '/1',
    transport: makeBrowserOfflineTransport(makeFetchTransport),
    transportOptions: { flushAtStartup: true },
  });
};
window.send = (mark) => { captureMessage(mark); };
"""

SENDER = Sender(
    key="sentry",
    name="Sentry browser",
    settings="makeBrowserOfflineTransport(makeFetchTransport), flushAtStartup",
    source=_SOURCE,
    packages={"@sentry/browser": "11.12.0"},
)
