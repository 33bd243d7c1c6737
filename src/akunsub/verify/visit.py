"""One visit to the page, by a person or by what is none; the endpoint is ours, whatever it asks."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from akunsub.verify import engines
from akunsub.verify.forwarding import is_call, is_for_pixel_host
from akunsub.verify.loading import Loading, PageLostError, loading
from akunsub.verify.model import CannotTellError
from akunsub.verify.page_scripts import RECORDER, SCRIPT_URLS, VISIBLE_LINES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page, Request, Route

    from akunsub.verify.endpoint import Endpoint
    from akunsub.verify.engines import Engine
    from akunsub.verify.live import LiveEndpoint

#: A page that does not load by then is not one that people can leave by.
LOAD_TIMEOUT_S = 10.0
#: How long a page may take to send a call, or to say something, after a press.
REACTION_S = 2.0
#: Timers of a page that wait for longer are not waited for.
LATER_MS = 60_000
_SCRIPT_MS = 2000
# What not all engines say on the console, and rules of its own are about; and the connection that
# a page opens ahead, which is the one thing that is not led to our endpoint.
_TOLD_ELSEWHERE = re.compile(
    r"Failed to preconnect to |Content.Security.Policy|violates the following directive|"
    r"'integrity'|integrity attribute|integrity hash|integrity metadata|Subresource Integrity",
    re.IGNORECASE,
)
# How long the page's words must not change: while something is asked, and after the answer.
_STILL_S = 0.2
_ANSWERED_STILL_S = 0.1
_POLL_S = 0.05


@dataclass(frozen=True)
class Plan:
    """
    What is the same in all visits to a page.

    Attributes:
        url: With the smid in it.
        smid: Whom the page is opened for.
        resource: account_id and resource_id of the page's script id, if the endpoint knows it.
        mode: That the resource is put into; empty: its own.
        takes_screenshots: Pictures are kept.
    """

    url: str
    smid: str
    resource: tuple[int, int]
    mode: str = ""
    takes_screenshots: bool = False

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class Asked:
    """A request of a page's: header names in lower case."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass
class Visit:
    """
    The page, open.

    Attributes:
        since: Calls up to this id are not this visit's.
        errors: Uncaught errors and what the console says to be one.
        requests: Every one of the page.
        headers: Of the answer that was the page; names in lower case.
    """

    engine: Engine
    page: Page
    endpoint: Endpoint | LiveEndpoint
    since: int = 0
    errors: list[str] = field(default_factory=list)
    requests: list[Asked] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    _waiting: set[Request] = field(default_factory=set)
    _answered_at: float = 0

    def __post_init__(self) -> None:
        self.page.on("request", self._on_request)
        self.page.on("requestfinished", self._on_answer)
        self.page.on("requestfailed", self._on_answer)

    def _on_request(self, request: Request) -> None:
        self.requests.append(Asked(request.method, request.url, request.headers))
        if is_for_pixel_host(request.url):
            self._waiting.add(request)

    def _on_answer(self, request: Request) -> None:
        if request in self._waiting:
            self._waiting.remove(request)
            self._answered_at = time.monotonic()

    def calls(self) -> list[dict[str, Any]]:
        """Return what has arrived in this visit."""
        return self.endpoint.calls(since=self.since)

    def wait_until(self, is_so: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until *is_so*, while Playwright goes on answering routes; does it come true?"""
        deadline = time.monotonic() + timeout_s
        while not (found := is_so()) and time.monotonic() < deadline:
            self.page.wait_for_timeout(20)
        return found

    def wait_for_call(self, timeout_s: float) -> list[dict[str, Any]]:
        """Wait until something has arrived, and return it."""
        self.wait_until(lambda: bool(self.calls()), timeout_s)
        return self.calls()

    def reopen(self, url: str) -> None:
        """Open *url* in the same browser profile."""
        self.page.goto(url, timeout=LOAD_TIMEOUT_S * 1000)

    def leave(self) -> None:
        """Go elsewhere; what the page sends then is sent."""
        self.page.goto("about:blank")

    def press(self, selector: str) -> None:
        """Press as a person does."""
        from playwright.sync_api import Error

        locator = self.page.locator(selector).first
        try:
            locator.wait_for(state="visible", timeout=REACTION_S * 1000)
            engines.press(self.engine, self.page, locator)
        except Error as error:
            reason = str(error).splitlines()[0]
            raise CannotTellError(f"{selector} cannot be pressed: {reason}") from error

    def evaluate(self, script: str, argument: object = None) -> Any:  # noqa: ANN401
        """Run *script* on the page; once more if the page went on to another meanwhile."""
        from playwright.sync_api import Error

        try:
            return self.page.evaluate(script, argument)
        except Error as error:
            if "context was destroyed" not in str(error):
                raise
            self.page.wait_for_load_state("domcontentloaded", timeout=LOAD_TIMEOUT_S * 1000)
            return self.page.evaluate(script, argument)

    def scripts(self) -> list[tuple[str, str]]:
        """Return the address and the text of each script that the page has loaded, but the SDK."""
        from playwright.sync_api import Error

        found = []
        for url in dict.fromkeys(self.evaluate(SCRIPT_URLS)):
            if is_for_pixel_host(url):
                continue
            with suppress(Error):  # what cannot be asked for again is not looked at
                found.append((url, self.page.request.get(url, timeout=_SCRIPT_MS).text()))
        return found

    def wait_for_visible(self, selector: str, timeout_s: float = 1) -> bool:
        """Wait until something is there to be seen; does it come?"""
        return self._wait_for("visible", selector, timeout_s)

    def wait_for_hidden(self, selector: str, timeout_s: float = 1) -> bool:
        """Wait until something is not to be seen; does it go?"""
        return self._wait_for("hidden", selector, timeout_s)

    def _wait_for(
        self, state: Literal["visible", "hidden"], selector: str, timeout_s: float
    ) -> bool:
        from playwright.sync_api import TimeoutError as NeverError

        try:
            self.page.locator(selector).first.wait_for(state=state, timeout=timeout_s * 1000)
        except NeverError:
            return False
        return True

    def can_be_pressed(self, selector: str) -> bool:
        """Is it there, in sight and enabled, or is soon?"""
        return self.wait_for_visible(selector) and self.page.locator(selector).first.is_enabled()

    def lines(self) -> list[str]:
        """Return the visible text, line by line."""
        found: list[str] = self.evaluate(VISIBLE_LINES)
        return found

    def wait_for_lines(self, before: list[str], timeout_s: float = REACTION_S) -> list[str]:
        """Return the lines that are new since *before*, once they do not change any more."""
        deadline = time.monotonic() + timeout_s
        now, since = self.lines(), time.monotonic()
        while time.monotonic() < deadline:
            time.sleep(_POLL_S)
            self.page.wait_for_timeout(1)  # lets routes be answered
            found = self.lines()
            if found != now:
                now, since = found, time.monotonic()
            elif now != before and self._is_still(since):
                break
        return [line for line in now if line not in before]

    def settle(self, timeout_s: float) -> None:
        """Wait until the page has its answers and what it shows does not change any more."""
        self.wait_for_lines([], timeout_s)
        if self._waiting:
            self.wait_until(lambda: not self._waiting, timeout_s)
            self.wait_for_lines([], timeout_s)

    def _is_still(self, since: float) -> bool:
        still_s = _STILL_S if self._waiting or not self._answered_at else _ANSWERED_STILL_S
        return time.monotonic() - max(since, self._answered_at) > still_s


@contextmanager
def visit(
    engine: Engine,
    endpoint: Endpoint | LiveEndpoint,
    plan: Plan,
    *,
    on_call: Callable[[Route], None] | None = None,
    before: Callable[[Page], None] | None = None,
    **context_options: Any,  # noqa: ANN401
) -> Iterator[Visit]:
    """
    Open the page for ``plan.smid``, subscribed, and close it at the end.

    Args:
        engine: The browser.
        endpoint: Where calls arrive.
        plan: What to open.
        on_call: Handles ``/unsub/confirm`` and ``/unsub/cancel`` in the endpoint's place, or lets
            it have them: ``route.fallback()``.
        before: Prepares the page before it is opened.
        context_options: As for ``Engine.new_page``.

    Raises:
        PageLostError: It does not load.
    """
    endpoint.reset()
    if plan.mode:
        endpoint.set_resource(*plan.resource, mode=plan.mode)
    with engine.page(**context_options) as page:
        found = Visit(engine, page, endpoint)

        def note(text: str) -> None:
            if not _TOLD_ELSEWHERE.search(text):
                found.errors.append(text)

        page.on("pageerror", lambda error: note(str(error)))
        page.on("console", lambda said: note(said.text) if said.type == "error" else None)
        endpoint.lead(page)
        if on_call:
            page.route(is_call, on_call)
        page.add_init_script(RECORDER)
        if before:
            before(page)
        with loading(page) as opening:
            found.headers = open_page(opening, plan.url)
            yield found


def open_page(opening: Loading, url: str) -> dict[str, str]:
    """
    Open *url* on the page of *opening*, and return the answer's headers, names in lower case.

    Nobody listens to dialogs: Playwright's driver then closes them itself, as fast as a page can
    open them, and lets a page be left that asks whether to.

    Raises:
        PageLostError: It does not load.
    """
    from playwright.sync_api import Error

    failure: Error | None = None
    try:
        response = opening.page.goto(url, wait_until="load", timeout=LOAD_TIMEOUT_S * 1000)
        if response:
            return response.all_headers()
    except Error as error:
        failure = error
    # Without an answer, WebKitGTK 2.50.6 shows a page of its own, and that loads.
    reason = opening.why_not(failure, LOAD_TIMEOUT_S)
    raise PageLostError(f"the page does not load: {reason}") from failure
