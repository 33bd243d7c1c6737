import pytest

from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store


@pytest.fixture(scope="session")
def database(databases):
    """One database for all tests: emptying it is quicker than making another."""
    return databases.new()


@pytest.fixture
def store(database):
    """The store in its configured state."""
    store = Store(database, load_sample())
    store.reset()
    yield store
    store.close()
