"""
System WebKit: Playwright attached to MiniBrowser, one process for each page.

Stock WebKitGTK lacks the patches Playwright launches its own build through; its inspector has no
call for a new page or context either.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from akunsub.verify.engines.display import Display
from akunsub.verify.engines.engine import Engine
from akunsub.verify.engines.gaps import gaps
from akunsub.verify.engines.minibrowser import MiniBrowser
from akunsub.verify.engines.nagle import send_at_once
from akunsub.verify.engines.processes import run
from akunsub.verify.engines.xinput import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import BrowserType, Page

    from akunsub.verify.engines.finding import Found

# Playwright 1.65.2 waits as long as it may for a browser that ends meanwhile.
_CONNECT_TIMEOUT_S = 15
_WINDOW_TIMEOUT_S = 30
_VIEWPORT = {"width": 1280, "height": 720}  # Playwright's default
_MIN_WIDTH = 334  # of its hidden tool bar (WebKitGTK 2.50.6): a narrower window grows again
_FLAGS = {"user_agent": "--user-agent=", "timezone_id": "--time-zone="}


@dataclass(frozen=True)
class _Opened:
    window: Window
    resources: ExitStack


class MiniBrowserEngine(Engine):
    def __init__(self, webkit: BrowserType, found: Found, *, args: Sequence[str]) -> None:
        self._webkit = webkit
        self._args = args
        self._opened: dict[Page, _Opened] = {}
        self._running: dict[MiniBrowser, None] = {}
        self._is_killed = False
        with ExitStack() as resources:
            self._shared = Path(resources.enter_context(TemporaryDirectory(prefix="akunsub-")))
            self._display = Display()
            resources.callback(self._display.close)
            version = _version(found, self._display.name)
            self._resources = resources.pop_all()
        super().__init__(found, version=version, lacks=gaps(found))

    def new_page(self, **context_options: Any) -> Page:  # noqa: ANN401
        viewport = context_options.pop("viewport", None) or _VIEWPORT
        flags = [
            f"{flag}{context_options.pop(option)}"
            for option, flag in _FLAGS.items()
            if option in context_options
        ]
        if viewport["width"] < _MIN_WIDTH:
            raise ValueError(f"MiniBrowser's window is never narrower than {_MIN_WIDTH} pixels")
        if context_options:
            raise TypeError(f"WebKitGTK's MiniBrowser has no {', '.join(context_options)}")
        if self._is_killed:
            raise OSError("this engine was ended")
        with ExitStack() as resources:
            page, window = self._open(resources, [*self._args, *flags])
            _resize(page, window, viewport["width"], viewport["height"])
            self._opened[page] = _Opened(window, resources.pop_all())
        return page

    def close_page(self, page: Page) -> None:
        self._opened.pop(page).resources.close()

    def kill(self) -> None:
        self._is_killed = True
        for minibrowser in list(self._running):
            minibrowser.kill()

    def is_running(self) -> bool:
        return not self._is_killed and self._display.is_there()

    def close(self) -> None:
        with self._resources as last:
            for opened in self._opened.values():
                last.push(opened.resources)
            self._opened.clear()

    def window(self, page: Page) -> Window:
        return self._opened[page].window

    def _open(self, resources: ExitStack, args: Sequence[str]) -> tuple[Page, Window]:
        minibrowser = MiniBrowser(
            self.found.executable, display=self._display.name, shared=self._shared, args=args
        )
        resources.callback(minibrowser.close)
        self._running[minibrowser] = None
        resources.callback(self._running.pop, minibrowser)
        send_at_once(minibrowser.pid)  # within MiniBrowser, and below to us
        browser = self._webkit.connect_over_cdp(
            minibrowser.endpoint, timeout=_CONNECT_TIMEOUT_S * 1000
        )
        resources.callback(browser.close)
        send_at_once(minibrowser.pid)
        window = _wait_for_window(self._display.name, minibrowser.pid)
        resources.callback(window.close)
        return browser.contexts[0].pages[0], window


def _version(found: Found, display: str) -> str:
    # Even to say its version MiniBrowser needs a display.
    env = {**os.environ, "DISPLAY": display}
    return run([str(found.executable), "--version"], env=env).said.split()[-1]


def _wait_for_window(display: str, pid: int) -> Window:
    deadline = time.monotonic() + _WINDOW_TIMEOUT_S
    while True:
        try:
            return Window(display, pid)
        except LookupError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _resize(page: Page, window: Window, width: int, height: int) -> None:
    """Make *page* that big, and make sure that it fills *window*: presses count on it."""
    window.resize(width, height)
    deadline = time.monotonic() + _WINDOW_TIMEOUT_S
    while page.evaluate("[innerWidth, innerHeight]") != [width, height]:
        if time.monotonic() > deadline:
            raise OSError(f"MiniBrowser's window does not become {width} by {height} pixels")
