"""An engine that Playwright launches itself, one context per page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from akunsub.verify.engines.engine import Engine
from akunsub.verify.engines.gaps import gaps
from akunsub.verify.engines.processes import kill_trees

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import ExitStack

    from playwright.sync_api import Browser, Page
    from psutil import Process

    from akunsub.verify.engines.finding import Found


class BrowserEngine(Engine):
    def __init__(
        self, found: Found, browser: Browser, resources: ExitStack, processes: Collection[Process]
    ) -> None:
        """Take over *browser*, its *processes*, and *resources*, which end with it."""
        super().__init__(found, version=browser.version, lacks=gaps(found))
        self._browser = browser
        self._resources = resources
        self._processes = processes
        self._is_killed = False

    def new_page(self, **context_options: Any) -> Page:  # noqa: ANN401
        return self._browser.new_context(**context_options).new_page()

    def close_page(self, page: Page) -> None:
        page.context.close()

    def kill(self) -> None:
        self._is_killed = True
        kill_trees(self._processes)

    def is_running(self) -> bool:
        from playwright.sync_api import Error

        if self._is_killed:
            return False
        try:
            # Playwright hears late of a browser that has ended; this waits for its answer.
            self._browser.new_context().close()
        except Error:
            return False
        return True

    def close(self) -> None:
        with self._resources:
            self._browser.close()
