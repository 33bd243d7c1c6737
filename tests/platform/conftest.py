import pytest

from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "test.db", load_sample())
    yield store
    store.close()
