"""Amplitude: stores all events first, and sends them in batches."""

from benchmarks.peers.sender import Sender

# 2.48 could not be installed on 2026-11-25: it asks for a plugin that npm did not have.
_SOURCE = """
import * as amplitude from '@amplitude/analytics-browser';
window.start = ({ url }) => {
  // As its documentation says for pages that are left.
  addEventListener('pagehide', () => {
    amplitude.setTransport('beacon');
    amplitude.flush();
  });
  return amplitude.init('benchmark', {
    serverUrl: url + '/2/httpapi',
    transport: { type: 'fetch', enableKeepalive: true },
    flushQueueSize: 1,
    flushIntervalMillis: 10,
    flushMaxRetries: 20,
    autocapture: false,
    remoteConfig: { fetchRemoteConfig: false },
    enableDiagnostics: false,
  }).promise;
};
window.send = (mark) => { amplitude.track(mark); };
"""

SENDER = Sender(
    key="amplitude",
    name="Amplitude analytics-browser",
    settings="flushQueueSize 1, flushIntervalMillis 10, flushMaxRetries 20, keepalive; on pagehide "
    "setTransport('beacon') and flush()",
    source=_SOURCE,
    packages={"@amplitude/analytics-browser": "2.47.0"},
    answers={"/2/httpapi": {"code": 200, "events_ingested": 1}},
)
