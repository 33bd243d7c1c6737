"""Fuzzing: how much of it, and of what."""

import pytest

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform.store import Store
from tests.databases import KINDS
from tests.fuzz.budget import Budget
from tests.fuzz.watched import Watched
from tests.fuzz.words import SAMPLE

#: What is sent here is stored: on every database. The rest is on SQLite.
_STORING = {"test_fuzz_requests.py", "test_fuzz_modes.py"}


def pytest_generate_tests(metafunc):
    if "databases" in metafunc.fixturenames and metafunc.definition.path.name in _STORING:
        metafunc.parametrize("databases", KINDS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def budget(request):
    chosen = [one for one in request.session.items if "budget" in one.fixturenames]
    return Budget(share=len(chosen))


@pytest.fixture(scope="session")
def watched(databases):
    store = Store(databases.new(), SAMPLE, pool_size=THREADS)
    with Server(create_app(store)) as server:
        yield Watched(store, server.url)
    store.close()
