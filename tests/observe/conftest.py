"""An endpoint of the test's own, with its application at hand."""

import pytest

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from tests.conftest import Endpoint


@pytest.fixture
def serve(tmp_path):
    """``serve(**options)``: an endpoint on a database of its own."""
    opened = []

    def start(database=None, **options):
        store = Store(database or tmp_path / "own.db", load_sample(), pool_size=THREADS)
        app = create_app(store, **options)
        server = Server(app).start()
        endpoint = Endpoint(server.url, store=store)
        endpoint.server, endpoint.app = server, app
        opened.append((endpoint, server, store))
        return endpoint

    yield start
    for endpoint, server, store in opened:
        endpoint.http.close()
        server.stop()
        store.close()
