"""
The pytest plugin: an endpoint for the tests of an unsubscribe page.

    def test_leaving(unsub_page, unsub_server):
        unsub_page.goto("https://shop.example/unsubscribe?smid=fGmX…")
        unsub_page.get_by_role("button", name="Unsubscribe").click()

        unsub_server.expect_confirm("fGmX…")

It is loaded with pytest, in every project: it must not import Flask, SQLAlchemy or Playwright.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from akunsub.testing.clock import UnsubClock
    from akunsub.testing.server import UnsubServer
    from akunsub.verify.engines import Engine


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "allow_bad_calls(*rules): calls that the endpoint finds bad, by these rules or by any,"
        " do not fail the test",
    )


@pytest.fixture(scope="session")
def unsub_config() -> Path | str | None:
    """An ``akunsub.toml``: override this fixture. Default: the built-in sample."""
    return None


@pytest.fixture(scope="session")
def make_unsub_server(unsub_config: Path | str | None) -> Iterator[UnsubServer]:
    """The endpoint on a free port, for the whole session. A test takes ``unsub_server``."""
    from akunsub.testing.server import UnsubServer

    with UnsubServer(unsub_config) as server:
        yield server


@pytest.fixture
def unsub_server(
    make_unsub_server: UnsubServer, request: pytest.FixtureRequest
) -> Iterator[UnsubServer]:
    """
    The endpoint in its configured state.

    At the end, a bad call fails the test, unless it has the marker ``allow_bad_calls``.
    """
    make_unsub_server.reset()
    yield make_unsub_server
    marker = request.node.get_closest_marker("allow_bad_calls")
    if marker is None or marker.args:
        try:
            make_unsub_server.check_calls(allowed_rules=marker.args if marker else ())
        except AssertionError as error:
            allow = "@pytest.mark.allow_bad_calls lets them pass"
            pytest.fail(f"{error}\n{allow}", pytrace=False)


@pytest.fixture
def unsub_clock(unsub_server: UnsubServer) -> UnsubClock:
    """The endpoint's clock; after the test it is real again."""
    return unsub_server.clock


@pytest.fixture(scope="session")
def unsub_engine_name() -> str:
    """What ``unsub_page`` launches where no plugin has a ``page``: override this fixture."""
    return "chromium"


@pytest.fixture(scope="session")
def unsub_engine(unsub_engine_name: str) -> Iterator[Engine]:
    """A browser: Playwright's own, or the system's where that is not there."""
    from playwright.sync_api import sync_playwright

    from akunsub.verify import engines

    with sync_playwright() as playwright, engines.launch(playwright, unsub_engine_name) as engine:
        yield engine


@pytest.fixture
def unsub_page(unsub_server: UnsubServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """
    A page whose pixel hosts, whatever their names, are ``unsub_server``.

    Wait for calls in the test's own thread: Playwright goes on there meanwhile.

    It is the fixture ``page`` of pytest-playwright, or of your own, with its options; without
    one, a page of ``unsub_engine``.
    """
    try:
        page: Page = request.getfixturevalue("page")
    except pytest.FixtureLookupError:
        engine: Engine = request.getfixturevalue("unsub_engine")
        with engine.page() as page, unsub_server.led(page):
            yield page
    else:
        with unsub_server.led(page):
            yield page
