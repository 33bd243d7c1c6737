"""An engine that Playwright launches itself, one context per page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from akunsub.verify.engines.engine import Engine
from akunsub.verify.engines.gaps import gaps

if TYPE_CHECKING:
    from contextlib import ExitStack

    from playwright.sync_api import Browser, Page

    from akunsub.verify.engines.finding import Found


class BrowserEngine(Engine):
    def __init__(self, found: Found, browser: Browser, resources: ExitStack) -> None:
        """Take over *browser* and *resources*, which end with it."""
        super().__init__(found, version=browser.version, lacks=gaps(found))
        self._browser = browser
        self._resources = resources

    def new_page(self, **context_options: Any) -> Page:  # noqa: ANN401
        return self._browser.new_context(**context_options).new_page()

    def close_page(self, page: Page) -> None:
        page.context.close()

    def close(self) -> None:
        with self._resources:
            self._browser.close()
