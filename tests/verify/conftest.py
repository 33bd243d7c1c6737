"""The engines as ``akunsub verify`` uses them."""

from __future__ import annotations

import os

import pytest

from akunsub.verify import engines
from tests.engine_fixtures import launched


@pytest.fixture(scope="module", params=engines.ENGINE_NAMES)
def engine(request, playwright):
    """One engine at a time, as for the other tests."""
    with launched(playwright, request.param, light=True) as running:
        yield running


@pytest.fixture(params=engines.ENGINE_NAMES)
def engine_name(request):
    """Its name only: the command starts the engine itself."""
    if not engines.find(request.param):
        # As for the fixture ``engine``.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            engines.how_to_install([request.param])
        )
    return request.param
