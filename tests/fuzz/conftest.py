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
_STORING = {"test_fuzz_requests.py", "test_fuzz_control.py", "test_fuzz_modes.py"}


def pytest_generate_tests(metafunc):
    if "databases" in metafunc.fixturenames and metafunc.definition.path.name in _STORING:
        metafunc.parametrize("databases", KINDS, indirect=True, scope="session")


@pytest.fixture
def budget(request):
    chosen = [one for one in request.session.items if "budget" in one.fixturenames]
    # The second database is for what it does differently, and takes three times as long.
    is_second = getattr(request.node, "callspec", None) and "postgresql" in request.node.callspec.id
    return Budget(share=len(chosen), part=0.2 if is_second else 1)


@pytest.fixture(scope="session")
def watched(databases):
    store = Store(databases.new(), SAMPLE, pool_size=THREADS)
    with Server(create_app(store)) as server:
        yield Watched(store, server.url)
    store.close()
