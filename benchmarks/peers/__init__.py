"""Whom the benchmarks compare with: one file each."""

from benchmarks.peers import (
    amplitude,
    countly,
    posthog,
    raw,
    rudderstack,
    segment,
    sentry,
    snowplow,
)
from benchmarks.peers.sizes import SCRIPTS

#: In the order of the tables.
PEERS = (
    segment.SENDER,
    rudderstack.SENDER,
    amplitude.SENDER,
    sentry.SENDER,
    countly.SENDER,
    posthog.SENDER,
    snowplow.SENDER,
)
RAW = raw.SENDERS

#: All that is installed, in one go.
PACKAGES = {script.package: script.version for script in SCRIPTS}
for _peer in PEERS:
    PACKAGES |= _peer.packages
