"""A gateway, and the platform behind it: this product's own emulation, on another port."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest

from akunsub.gateway.running import open_relay
from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform import outbox
from akunsub.platform.settings_file import load_sample, parse_settings
from akunsub.platform.store import Store
from tests.conftest import Endpoint
from tests.faults.client import FaultProxy
from tests.waiting import until

TOKEN = load_sample().api.token


@dataclass
class Gateway(Endpoint):
    """The endpoint whose outbox is sent when the test says so."""

    platform: Endpoint = None
    #: Between the two.
    lane: object = None
    relay: object = None
    pool: ThreadPoolExecutor = None

    def send_due(self):
        """Send one batch of what is due; how many that were."""
        return self.relay.step(self.pool)

    def send_all(self):
        """Send until nothing waits any more, through every pause."""
        until(lambda: self.send_due() == 0 and not self.rows("waiting"))

    def rows(self, state=None):
        with self.store.read() as connection:
            return outbox.list_rows(connection, state=state, limit=1000)

    def sent(self):
        """What reached the platform's side, in order: Request-ID and what became of it."""
        return [
            (one["headers"]["request-id"], one["fault"], one["reached"])
            for one in self.lane.requests
        ]

    def delivered_calls(self):
        return [
            call for call in self.platform.calls() if call["action"] == "profiles/message_unsub"
        ]


@pytest.fixture(scope="session")
def fault_proxy():
    with FaultProxy() as proxy:
        yield proxy


@pytest.fixture(scope="session")
def platform_endpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("platform")
    store = Store(folder / "platform.db", load_sample(), pool_size=THREADS)
    with Server(create_app(store)) as server, httpx.Client(timeout=30) as http:
        yield Endpoint(server.url, http, store)
    store.close()


def settings_for(url, **more):
    upstream = {"url": url, "timeout_seconds": 1, "first_retry_seconds": 0.05} | more
    lines = [f"{name} = {value!r}" for name, value in upstream.items()]
    return parse_settings("\n".join(["[upstream]", *lines]), source="test")


@pytest.fixture(scope="session")
def gateway_database(databases):
    return databases.new()


@pytest.fixture
def gateway(gateway_database, platform_endpoint, fault_proxy, monkeypatch):
    monkeypatch.setenv("AKUNSUB_UPSTREAM_TOKEN", TOKEN)
    platform_endpoint.reset()
    lane = fault_proxy.lane(platform_endpoint.url)
    settings = settings_for(lane.url, max_tries=4)
    store = Store(gateway_database, settings, pool_size=THREADS + 10)
    store.reset()
    with (
        Server(create_app(store)) as server,
        httpx.Client(timeout=30) as http,
        open_relay(store, settings.upstream, production=False) as relay,
        ThreadPoolExecutor(4) as pool,
    ):
        yield Gateway(server.url, http, store, platform_endpoint, lane, relay, pool)
    lane.close()
    store.close()
