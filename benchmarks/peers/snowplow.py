"""Snowplow: a queue in localStorage that the next event takes along."""

from benchmarks.peers.sender import Sender

_SOURCE = """
import {
  enableActivityTracking, newTracker, trackPageView, trackStructEvent,
} from '@snowplow/browser-tracker';
window.start = ({ url }) => {
  newTracker('sp', url, {
    appId: 'benchmark',
    eventMethod: 'post',
    bufferSize: 1,
    keepalive: true,
    retryFailedRequests: true,
    encodeBase64: false,
  });
  // Each event takes the queue along; without these there would be no second one.
  enableActivityTracking({ minimumVisitLength: 5, heartbeatDelay: 5 });
  trackPageView();
};
window.send = (mark) => { trackStructEvent({ category: 'unsubscribe', action: mark }); };
"""

SENDER = Sender(
    key="snowplow",
    name="Snowplow",
    settings="post, bufferSize 1, keepalive, retryFailedRequests, page views and activity tracking",
    source=_SOURCE,
    packages={"@snowplow/browser-tracker": "4.10.1"},
)
