"""
Is a page there, and does it hold still? What a browser says when not, in words for people.

A page that loads itself, or opens windows, over and over is closed: nobody could look at it.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from akunsub.errors import AkUnsubError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Error, Page, Request, Response

# A page may lead on to another, a press too, and rules open it a second time: in all, and how many
# so soon after each other that nobody did it.
_MAX_LOADS = 10
_MAX_QUICK_LOADS = 5
_QUICK_S = 3.0
_MAX_WINDOWS = 5
# Browsers follow about 20.
_MANY_REDIRECTS = 15
# In stock WebKit, Playwright 1.65.2 lets an alert wait for an answer of its own.
_OPEN_DIALOG = re.compile(r"http://127\.0\.0\.1:\d+/[0-9a-f]{32}")

#: How the reason begins for which a page was closed, whoever tells it.
UNREST = "the page does not hold still: "
_GOES_ELSEWHERE = "the page goes elsewhere by itself while it is looked at"
_IN_WORDS = {
    "Execution context was destroyed": _GOES_ELSEWHERE,
    "the page is navigating": _GOES_ELSEWHERE,
    "Frame was detached": _GOES_ELSEWHERE,
    "context or browser has been closed": "the page was closed while it was looked at",
    "crashed": "the page makes its browser process crash",
}


class PageLostError(AkUnsubError):
    """The page does not load, or did not stay: no rule can be tried on it."""


def explain(error: Error | OSError) -> str:
    """Return in words why a page that had been opened could not be looked at."""
    for said, words in _IN_WORDS.items():
        if said in str(error):
            return words
    return _reason(error)


@contextmanager
def loading(page: Page) -> Iterator[Loading]:
    """
    Give what goes on while *page* is opened, before it is.

    Raises:
        PageLostError: It does not hold still, and something was asked of it after that. What was
            asked may have been told only that the page is closed.
    """
    from playwright.sync_api import Error

    found = Loading(page)
    try:
        yield found
    except Error as error:
        if found.unrest:
            raise PageLostError(UNREST + found.unrest) from error
        raise


class Loading:
    """
    What goes on while *page* is opened.

    Made before it is: it sees what comes from then on.

    Attributes:
        page: The page.
        unrest: Why it was closed; empty: it was not.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._loads: list[float] = []
        self._windows = 0
        self._redirects = 0
        self._has_answer = False
        self._is_download = False
        self._failure = ""
        self.unrest = ""
        self._waiting: dict[Request, None] = {}
        page.on("popup", lambda _: self._count_window())
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("requestfinished", lambda request: self._waiting.pop(request, None))
        page.on("requestfailed", self._on_failed)

    def why_not(self, error: Error | None, timeout_s: float) -> str:
        """
        Return why the page does not load.

        Args:
            error: What ``page.goto`` raised, if it did.
            timeout_s: What it was given.
        """
        from playwright.sync_api import TimeoutError as LateError

        if self.unrest:
            return self.unrest
        if self._is_download or (error and "Download is starting" in error.message):
            return "it is a download, not a page"
        if self._redirects >= _MANY_REDIRECTS:
            return "it redirects without end"
        if isinstance(error, LateError):
            return f"{self._what_is_late()} after {timeout_s:g} s"
        if self._failure or not error:
            return self._failure or "there is no answer"
        return explain(error).replace("the page", "it", 1)

    def _what_is_late(self) -> str:
        if not self._has_answer:
            return "its server has not answered"
        waiting = [request for request in self._waiting if self._is_of_interest(request)]
        if waiting:
            return f"it is still waiting for {waiting[0].url.partition('?')[0]}"
        return "it is still busy"

    def _is_of_interest(self, request: Request) -> bool:
        return not (_is_of_page(request, self.page) or _OPEN_DIALOG.fullmatch(request.url))

    def _on_request(self, request: Request) -> None:
        self._waiting[request] = None
        if _is_of_page(request, self.page) and not request.redirected_from:
            self._count_load()

    def _on_response(self, response: Response) -> None:
        if not _is_of_page(response.request, self.page):
            return
        self._has_answer = True
        self._redirects += response.request.redirected_from is not None
        disposition = response.headers.get("content-disposition", "")
        self._is_download = disposition.lower().startswith("attachment")

    def _on_failed(self, request: Request) -> None:
        self._waiting.pop(request, None)
        if _is_of_page(request, self.page):
            self._failure = request.failure or ""

    def _count_load(self) -> None:
        self._loads.append(time.monotonic())
        first, last = self._loads[-_MAX_QUICK_LOADS:][0], self._loads[-1]
        is_quick = len(self._loads) >= _MAX_QUICK_LOADS and last - first < _QUICK_S
        if is_quick or len(self._loads) >= _MAX_LOADS:
            self._close("it loads itself over and over")

    def _count_window(self) -> None:
        self._windows += 1
        if self._windows >= _MAX_WINDOWS:
            self._close("it opens one window after another")

    def _close(self, reason: str) -> None:
        """Let whatever is asked of the page from now on raise that, with *reason*."""
        from playwright.sync_api import Error

        if self.unrest:
            return
        self.unrest = reason
        # MiniBrowser's only context cannot be closed; elsewhere calls that ask the context and not
        # the page are told the reason only so.
        for closing in (self.page.context, self.page):
            with suppress(Error):
                closing.close(reason=UNREST + reason)


def _is_of_page(request: Request, page: Page) -> bool:
    from playwright.sync_api import Error

    try:
        return request.is_navigation_request() and request.frame == page.main_frame
    except Error:  # of a frame that is not there yet, or not any more
        return False


def _reason(error: Error | OSError) -> str:
    """Return the first line without the name of Playwright's call."""
    line = (str(error).splitlines() or [type(error).__name__])[0]
    call, colon, rest = line.partition(": ")
    return rest if colon and " " not in call else line
