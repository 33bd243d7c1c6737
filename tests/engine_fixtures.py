"""
Real engines for tests: each test that asks for ``engine`` or ``page`` runs in all three.

With ``pytest -n 3 --dist loadgroup`` each engine has a process of its own.
"""

from __future__ import annotations

import os
import re
from functools import partial
from tempfile import TemporaryDirectory

import pytest

from akunsub.verify import engines
from akunsub.verify.engines.gaps import CAPABILITIES


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "needs(*capabilities): skipped, with the reason, on an engine that lacks one of them",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep what runs in one engine together; pytest-xdist 3.8 has no groups with pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling

    class ByEngine(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            engine = re.search(rf"[\[-]({'|'.join(engines.ENGINE_NAMES)})[-\]]", nodeid)
            return engine[1] if engine else nodeid

    return ByEngine(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(scope="session")
def playwright():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module", params=engines.ENGINE_NAMES)
def engine(request, playwright):
    """
    One engine at a time: pytest runs all tests of a module's parameter together.

    A new one for each module: Firefox gets slower with every page.
    """
    with launched(playwright, request.param) as running:
        yield running


def launched(playwright, name, **options):
    """Launch engine *name*, see ``engines.launch``."""
    try:
        return engines.launch(playwright, name, **options)
    except engines.EngineMissingError as error:
        # Where a person develops, two engines are better than none; CI has to have all three.
        return (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


@pytest.fixture(autouse=True)
def _capabilities(request):
    """Skip a test whose ``needs`` marker names what the engine lacks."""
    marker = request.node.get_closest_marker("needs")
    if marker is None:
        return
    unknown = set(marker.args) - set(CAPABILITIES)
    assert not unknown, f"no such capability: {unknown}"
    engine = request.getfixturevalue("engine")
    lacking = sorted(engine.lacks & set(marker.args))
    if lacking:
        pytest.skip(f"{engine.kind} {engine.name} lacks {', '.join(lacking)}")


@pytest.fixture
def short_folder():
    """
    A folder for TMPDIR. tmp_path is too long for it under pytest-xdist: Chromium makes a socket
    there, its own folders have 45 characters, and 107 are all that a socket's path may have.
    """
    with TemporaryDirectory(prefix="akunsub-", ignore_cleanup_errors=True) as folder:
        yield folder


@pytest.fixture
def page_errors():
    """What went wrong on ``page``: texts of uncaught errors and of console errors."""
    return []


@pytest.fixture
def page(engine, page_errors):
    """A page in a context of its own."""
    with engine.page() as opened:
        opened.on("pageerror", lambda error: page_errors.append(str(error)))
        opened.on(
            "console",
            lambda message: page_errors.append(message.text) if message.type == "error" else None,
        )
        yield opened


@pytest.fixture
def press(engine, page):
    """``press(selector, times=1)``: click on ``page`` as a person does."""
    return partial(engines.press, engine, page)


@pytest.fixture
def press_key(engine, page):
    """``press_key("Enter")``: press a key on ``page`` as a person does."""
    return partial(engines.press_key, engine, page)
