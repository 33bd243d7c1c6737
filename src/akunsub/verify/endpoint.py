"""The endpoint that a check of a page uses: a process of its own, asked over HTTP."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from akunsub.errors import ServerError
from akunsub.verify.calls import CHANGING, read_calls
from akunsub.verify.forwarding import forward, is_for_pixel_host
from akunsub.verify.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from akunsub.verify.serving import Served


@contextmanager
def running_endpoint(config: Path | None = None) -> Iterator[Endpoint]:
    """
    Give an endpoint that is there until the end.

    Args:
        config: An ``akunsub.toml``; ``None``: the built-in sample.

    Raises:
        ServerError: It does not start.
    """
    with serving(config=config) as served, asking(served) as endpoint:
        yield endpoint


@contextmanager
def asking(served: Served) -> Iterator[Endpoint]:
    """Give what asks *served*."""
    with httpx.Client(base_url=served.url, timeout=30, trust_env=False) as http:
        yield Endpoint(served.url, http)


class Endpoint:
    """
    What is asked of a running endpoint.

    Attributes:
        url: Its origin.
    """

    def __init__(self, url: str, http: httpx.Client) -> None:
        self.url = url
        self._http = http

    is_live = False

    def lead(self, page: Page) -> None:
        """Lead what *page*, and each window that it opens, sends to any pixel host here."""
        page.context.route(is_for_pixel_host, lambda route: forward(route, self.url))

    def reset(self) -> None:
        """Go back to the configured state; no call is known any more."""
        self._ask("POST", "/_unsub/reset")

    def set_resource(self, account_id: int, resource_id: int, **changes: object) -> None:
        """Change a resource until ``reset``."""
        path = f"/_unsub/resources/{resource_id}?account_id={account_id}"
        self._ask("PATCH", path, changes)

    def stand_at(self, now: str) -> None:
        """Let the clock stand at *now*, ISO 8601, until ``reset``."""
        self._ask("POST", "/_unsub/clock", {"now": now})

    def open_link(self, smid: str) -> None:
        """Follow the unsubscribe link of the message, as a person does: a GET."""
        answer = self._http.get(f"/u/{smid}", follow_redirects=False)
        if answer.is_error:
            raise ServerError(f"the link of {smid} is answered {answer.status_code}")

    def fetch(self, method: str, path: str, headers: dict[str, str]) -> None:
        """Ask for *path* as somebody does who sends no form; the answer does not matter."""
        self._http.request(method, path, headers=headers, follow_redirects=False)

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages whose smids can be used."""
        found: list[dict[str, Any]] = self._ask("GET", "/_unsub/messages")["messages"]
        return found

    def calls(self, *, since: int = 0) -> list[dict[str, Any]]:
        """Return the confirms and cancels after *since*."""
        found = read_calls(lambda path: self._ask("GET", path), since=since)
        return [call for call in found if call["action"] in CHANGING]

    def state(self, smid: str) -> dict[str, Any]:
        """Return where the subscription stands."""
        return self._ask("GET", f"/unsub/state?smid={smid}")

    def _ask(self, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        answer = self._http.request(method, path, json=body).raise_for_status()
        told: dict[str, Any] = answer.json()
        return told
