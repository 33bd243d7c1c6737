"""An endpoint for real subscribers, as it stands behind a proxy that tells who calls."""

import pytest
from sqlalchemy import func, select

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform import tables
from akunsub.platform.settings_file import parse_settings, read_sample
from akunsub.platform.store import Store
from tests.conftest import Endpoint

#: Of the inspector.
TOKEN = "a-token-of-our-own-0001"
BEHIND_PROXY = "[server]\ntrusted_proxies = 1\n"


class Guarded(Endpoint):
    """What it recorded is read from the database: nobody may look at it over HTTP."""

    def ask(self, method, path, address="198.51.100.1", headers=None, **options):
        headers = {"X-Forwarded-For": address} | (headers or {})
        return self.http.request(method, f"{self.url}{path}", headers=headers, **options)

    def recorded(self):
        with self.store.read() as connection:
            return connection.scalar(select(func.count()).select_from(tables.call))


@pytest.fixture
def start(tmp_path):
    """``start(toml)``: a running endpoint with that ``[server]`` and ``[limits]``."""
    opened = []

    def begin(text="", *, production=True, prepare=None):
        settings = parse_settings(f"{read_sample()}\n{text}", source="own")
        store = Store(tmp_path / f"{len(opened)}.db", settings, pool_size=THREADS)
        app = create_app(store, production=production, inspector_token=TOKEN)
        if prepare is not None:
            prepare(app)
        server = Server(app, is_behind_proxy=settings.server.trusted_proxies > 0).start()
        opened.append((Guarded(server.url, store=store), server))
        return opened[-1][0]

    yield begin
    for endpoint, server in opened:
        endpoint.http.close()
        server.stop()
        endpoint.store.close()
