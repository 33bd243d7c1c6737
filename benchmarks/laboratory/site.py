"""The page author's site: another origin than everything that is sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from akunsub.pixel.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SCRIPT = "text/javascript; charset=utf-8"
_HTML = "text/html; charset=utf-8"
#: What a page needs so that its clock has steps of 5 µs in place of 100 µs.
#: https://developer.mozilla.org/en-US/docs/Web/API/Performance_API/High_precision_timing
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class Site:
    """
    Files by path, for as long as it is entered.

    Args:
        headers: With every answer.
    """

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        self._headers = list({"Cache-Control": "no-store", **(headers or {})}.items())
        self._server = Server(self._serve)

    def add(self, path: str, content: str | bytes, content_type: str = _HTML) -> str:
        """Publish *content* under *path*, which begins with a slash; return its URL."""
        data = content.encode() if isinstance(content, str) else content
        self._files[path] = (data, content_type)
        return self._server.url + path

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = self._files.get(environ["PATH_INFO"])
        data, content_type = found or (b"not here", "text/plain")
        headers = [("Content-Type", content_type), ("Content-Length", str(len(data)))]
        status = "200 OK" if found else "404 Not Found"
        start_response(status, headers + self._headers)
        return [data]
