"""Segment: queues what fails, and persists it when the page is hidden."""

from benchmarks.peers.sender import Sender

_SOURCE = """
import { AnalyticsBrowser } from '@segment/analytics-next';
let analytics;
window.start = ({ url }) => {
  const segment = {
    apiKey: 'benchmark',
    apiHost: new URL(url).host + '/v1',
    protocol: 'http',
    deliveryStrategy: { config: { keepalive: true } },
  };
  analytics = AnalyticsBrowser.load({
    writeKey: 'benchmark',
    // In place of a download from its CDN.
    cdnSettings: { integrations: { 'Segment.io': segment } },
  }, { retryQueue: true });
  return analytics.ready();
};
window.send = (mark) => { analytics.track(mark); };
"""

SENDER = Sender(
    key="segment",
    name="Segment analytics-next",
    settings="deliveryStrategy {config: {keepalive: true}}, retryQueue, persistence (default)",
    source=_SOURCE,
    packages={"@segment/analytics-next": "1.84.3"},
    answers={"/v1/": {"success": True}},
)
