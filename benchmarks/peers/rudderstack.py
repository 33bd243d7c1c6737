"""RudderStack: a queue in localStorage, retried for as long as it takes."""

from benchmarks.peers.sender import Sender

_SOURCE = """
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled';
const analytics = new RudderAnalytics();
window.start = ({ url }) => new Promise((resolve) => {
  const source = {
    id: 'benchmark', name: 'benchmark', writeKey: 'benchmark', enabled: true,
    workspaceId: 'benchmark', updatedAt: '2026-01-01T00:00:00.000Z', destinations: [],
    config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
  };
  analytics.load('benchmark', url, {
    // In place of a download from its control plane.
    getSourceConfig: () => ({ source }),
    storage: { type: 'localStorage' },
    queueOptions: { minRetryDelay: 500, maxAttempts: 20, batch: { enabled: false } },
    onLoaded: resolve,
  });
});
window.send = (mark) => { analytics.track(mark); };
"""

SENDER = Sender(
    key="rudderstack",
    name="RudderStack analytics-js",
    settings="storage localStorage; queueOptions minRetryDelay 500, maxAttempts 20; no batching",
    source=_SOURCE,
    first_source=_SOURCE.replace("/bundled", ""),
    remark="loads its queue from its CDN",
    packages={"@rudderstack/analytics-js": "3.34.1"},
    answers={"/v1/": "OK"},
)
