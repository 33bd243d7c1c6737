"""The fault proxy, and visits of people behind it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager

import pytest

from tests.faults.client import FaultProxy
from tests.faults.fault import Fault
from tests.faults.visit import Lab, Visit


@pytest.fixture(scope="session")
def proxy():
    with FaultProxy() as running:
        yield running


@pytest.fixture(scope="session")
def lab(databases, proxy):
    with ExitStack() as resources:
        yield Lab(resources, databases.new(), proxy)


@pytest.fixture(scope="module")
def new_visit(engine, lab):
    """``with new_visit(fault) as visit``: somebody's page, published, not opened yet."""

    @contextmanager
    def visiting(fault=None, *, smid=None, **context_options):
        with (
            engine.page(**context_options) as page,
            lab.lane(fault or Fault()) as lane,
        ):
            yield Visit(lab, engine, page, lane, smid or lab.new_smid()).publish()

    return visiting
