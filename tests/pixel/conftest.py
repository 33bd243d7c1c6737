"""An endpoint with settings of the test's own."""

import pytest

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform.settings_file import parse_settings
from akunsub.platform.store import Store
from tests.conftest import Endpoint


@pytest.fixture
def serve(tmp_path):
    """``serve(toml)``: an endpoint that is configured so."""
    opened = []

    def start(text, **options):
        store = Store(tmp_path / "own.db", parse_settings(text, source="own"), pool_size=THREADS)
        server = Server(create_app(store, **options))
        server.__enter__()
        endpoint = Endpoint(server.url)
        opened.append((endpoint, server, store))
        return endpoint

    yield start
    for endpoint, server, store in opened:
        endpoint.http.close()
        server.__exit__(None, None, None)
        store.close()
