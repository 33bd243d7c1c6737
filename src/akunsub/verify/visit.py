"""One visit to the page, by a person or by what is none; the endpoint is ours, whatever it asks."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from akunsub.verify import engines
from akunsub.verify.forwarding import forward, is_for_pixel_host
from akunsub.verify.model import CannotTellError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import ConsoleMessage, Page, Route

    from akunsub.verify.endpoint import Endpoint
    from akunsub.verify.engines import Engine

#: A page that does not load by then is not one that people can leave by.
LOAD_TIMEOUT_S = 10.0
#: How long a page may take to send a call, or to say something, after a press.
REACTION_S = 2.0
_STILL_S = 0.3
_POLL_S = 0.05

# What a person sees, line by line: hidden text is not in innerText.
_LINES = """() => (document.body ? document.body.innerText : '').split('\\n')
  .map((line) => line.trim()).filter(Boolean)"""


@dataclass(frozen=True)
class Plan:
    """
    What is the same in all visits to a page.

    Attributes:
        url: With the smid in it.
        smid: Whom the page is opened for.
        resource: account_id and resource_id of the page's script id, if the endpoint knows it.
    """

    url: str
    smid: str
    resource: tuple[int, int]

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass
class Visit:
    """
    The page, open.

    Attributes:
        since: Calls up to this id are not this visit's.
        errors: Uncaught errors and what the console says to be one.
        requests: Every URL that was asked for, with the Referer that went with it.
        headers: Of the answer that was the page; names in lower case.
    """

    engine: Engine
    page: Page
    endpoint: Endpoint
    since: int = 0
    errors: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def calls(self, *, wait_s: float = 0) -> list[dict[str, Any]]:
        """Return what has arrived in this visit; wait until there is something."""
        return self.endpoint.calls(since=self.since, wait_s=wait_s)

    def wait_for_call(self, timeout_s: float) -> None:
        """Wait until something has arrived, while Playwright goes on answering routes."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and not self.calls():
            self.page.wait_for_timeout(30)

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

    def lines(self) -> list[str]:
        """Return the visible text, line by line."""
        found: list[str] = self.page.evaluate(_LINES)
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
            elif now != before and time.monotonic() - since > _STILL_S:
                break
        return [line for line in now if line not in before]


def _is_fault_of_page(said: ConsoleMessage) -> bool:
    # The connection that a page opens ahead is the one thing that is not led to our endpoint.
    return said.type == "error" and not said.text.startswith("Failed to preconnect to ")


@contextmanager
def visit(
    engine: Engine,
    endpoint: Endpoint,
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
        on_call: Handles ``/unsub/confirm`` and ``/unsub/cancel`` in the endpoint's place.
        before: Prepares the page before it is opened.
        context_options: As for ``Engine.new_page``.

    Raises:
        CannotTellError: It does not load.
    """
    endpoint.reset()
    with engine.page(**context_options) as page:
        found = Visit(engine, page, endpoint)
        page.on("pageerror", lambda error: found.errors.append(str(error)))
        page.on(
            "console",
            lambda said: found.errors.append(said.text) if _is_fault_of_page(said) else None,
        )
        page.on(
            "request",
            lambda request: found.requests.append(
                (request.url, request.headers.get("referer", ""))
            ),
        )

        def route(one: Route) -> None:
            is_call = one.request.url.split("?")[0].endswith(("/unsub/confirm", "/unsub/cancel"))
            if on_call and is_call:
                on_call(one)
            else:
                forward(one, endpoint.url)

        page.route(is_for_pixel_host, route)
        if before:
            before(page)
        found.headers = open_page(page, plan.url)
        yield found


def open_page(page: Page, url: str) -> dict[str, str]:
    """
    Open *url* on *page*, and return the answer's headers, names in lower case.

    Raises:
        CannotTellError: It does not load.
    """
    from playwright.sync_api import Error

    page.on("dialog", lambda dialog: dialog.dismiss())
    try:
        response = page.goto(url, wait_until="load", timeout=LOAD_TIMEOUT_S * 1000)
    except Error as error:
        reason = str(error).splitlines()[0]
        raise CannotTellError(f"the page does not load: {reason}") from error
    return response.all_headers() if response else {}
