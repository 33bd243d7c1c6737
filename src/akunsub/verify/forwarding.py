"""
Leads what a page sends to a pixel host, whatever its name, to an endpoint of ours.

A real host is never asked, nor its name looked up: nobody is unsubscribed by a test.
"""

from __future__ import annotations

import base64
import contextlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from akunsub.verify.engines.request_bodies import BODY_HEADER

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

# The script by its plain and its hashed names, and the wire of design and README.md.
_PIXEL_PATH = re.compile(r"/(ak_list_unsubscribe[\w.-]*\.m?js|unsub/(confirm|cancel|state))")
# Of the connection, not of the request; the client that asks again sets its own.
_OWN_HEADERS = {BODY_HEADER, "connection", "content-length", "host"}


def is_for_pixel_host(url: str) -> bool:
    """Is *url* the SDK's script or one of its calls, on whatever host?"""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(_PIXEL_PATH.fullmatch(parts.path))


def is_call(url: str) -> bool:
    """Is *url* that of a confirm or a cancel?"""
    return urlsplit(url).path.endswith(("/unsub/confirm", "/unsub/cancel"))


def body_of(request: Request) -> bytes:
    """Return the body of a routed *request*, in every engine."""
    told = request.headers.get(BODY_HEADER)
    return request.post_data_buffer or b"" if told is None else base64.b64decode(told)


def forward(route: Route, origin: str) -> None:
    """
    Answer *route* with what the server at *origin* says to the same request.

    Args:
        route: From a handler of ``page.route``.
        origin: Such as ``http://127.0.0.1:8025``. Where it does not answer, the page gets a
            network fault.
    """
    from playwright.sync_api import Error

    request = route.request
    parts = urlsplit(request.url)
    try:
        answer = route.fetch(
            url=origin + parts._replace(scheme="", netloc="", fragment="").geturl(),
            headers={k: v for k, v in request.headers.items() if k.lower() not in _OWN_HEADERS},
            post_data=body_of(request) or None,
            max_redirects=0,
        )
    except Error:
        with contextlib.suppress(Error):  # the page may be gone
            route.abort("connectionfailed")
        return
    with contextlib.suppress(Error):
        route.fulfill(response=answer)


def forward_pixel_hosts(page: Page, origin: str) -> None:
    """
    Lead the script and the calls of every pixel host that *page* uses to *origin*.

    Playwright answers CORS preflights itself while a route is set; the SDK causes none.
    """
    page.route(
        lambda url: is_for_pixel_host(url) and not url.startswith(f"{origin}/"),
        lambda route: forward(route, origin),
    )
