"""
The real platform in the endpoint's place, for ``--live``: a press there unsubscribes somebody.

What can be known is what the page sends and what it is answered. Nothing is moved or reset.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from akunsub.verify.forwarding import body_of, is_call
from akunsub.verify.model import CannotTellError

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Page, Route

NOT_LIVE = "it is not tried with --live, where a press counts"


class LiveEndpoint:
    """Has what ``Endpoint`` has, as far as the real platform can have it."""

    is_live = True

    def __init__(self) -> None:
        self._calls: list[dict[str, Any]] = []

    def lead(self, page: Page) -> None:
        """Note each call of *page* and its windows and what it is answered; let it through."""
        page.context.route(is_call, self._let_through)

    def reset(self) -> None:
        """Forget the calls; what they did is done."""
        self._calls.clear()

    def set_resource(self, *_: int, **__: object) -> None:
        """Raise CannotTellError."""
        raise CannotTellError(NOT_LIVE)

    def stand_at(self, _: str) -> None:
        """Raise CannotTellError."""
        raise CannotTellError(NOT_LIVE)

    def open_link(self, _: str) -> None:
        """Raise CannotTellError."""
        raise CannotTellError(NOT_LIVE)

    def fetch(self, *_: object) -> None:
        """Raise CannotTellError."""
        raise CannotTellError(NOT_LIVE)

    def calls(self, *, since: int = 0) -> list[dict[str, Any]]:
        """Return the confirms and cancels after *since*."""
        return [call for call in self._calls if call["id"] > since]

    def state(self, _: str) -> dict[str, Any]:
        """Return what is not known."""
        return {"status": "unknown"}

    def _let_through(self, route: Route) -> None:
        from playwright.sync_api import Error

        request = route.request
        body = body_of(request).decode("utf-8", "replace")
        try:
            answer = route.fetch(max_redirects=0)
        except Error as error:
            self._note(route, body, None, str(error).splitlines()[0])
            route.abort("connectionfailed")
            return
        self._note(route, body, answer, "")
        route.fulfill(response=answer)

    def _note(self, route: Route, body: str, answer: APIResponse | None, wrong: str) -> None:
        parts = urlsplit(route.request.url)
        fields = parse_qs(body)
        told = _json(answer)
        error = told.get("error", 0 if answer and answer.ok else 1)
        self._calls.append(
            {
                "id": len(self._calls) + 1,
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "action": parts.path.rpartition("/")[2],
                "smid": fields.get("smid", [None])[0],
                "categories": fields.get("categories"),
                "verdict": "bad" if error else "good",
                "rule": "refused" if error else "ok",
                "reason": wrong or str(told.get("error_text", "")) or "no answer",
                "fix": None,
                "request": {"method": route.request.method, "path": parts.path, "body": body},
                "answer": {"status": answer.status if answer else None, "body": told},
            }
        )


def _json(answer: APIResponse | None) -> dict[str, Any]:
    try:
        told = answer.json() if answer else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
