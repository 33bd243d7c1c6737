"""A relay at work: in a thread of ``akunsub serve``, or as a program of its own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from akunsub.gateway.client import Client
from akunsub.gateway.relay import SENDERS, Relay
from akunsub.production import read_upstream_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.platform.store import Store
    from akunsub.platform.upstream_settings import Upstream


@contextmanager
def open_relay(store: Store, upstream: Upstream, *, production: bool) -> Iterator[Relay]:
    """
    Return a relay that has not begun yet.

    Raises:
        SettingsError: The token is missing or cannot be used.
    """
    token = read_upstream_token(upstream, production=production)
    with Client(
        upstream.url, token, timeout_s=upstream.timeout_seconds, connections=SENDERS
    ) as client:
        yield Relay(store, client, upstream, production=production)


@contextmanager
def relaying(store: Store, upstream: Upstream | None, *, production: bool) -> Iterator[None]:
    """Relay in a thread, if there is an upstream; what is under way at the end is ended."""
    if upstream is None:
        yield
        return
    stopped = threading.Event()
    with open_relay(store, upstream, production=production) as relay:
        thread = threading.Thread(target=relay.run, args=(stopped,), name="akunsub-relay")
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()
