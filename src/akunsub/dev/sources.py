"""Where a page comes from: a folder, or a server that a developer runs."""

from __future__ import annotations

import os
from contextlib import suppress
from http.client import HTTPException
from itertools import islice
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.request import url2pathname, urlopen

from flask import Response, redirect, request, send_from_directory
from werkzeug.exceptions import BadGateway, NotFound
from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.security import safe_join
from werkzeug.urls import iri_to_uri

from akunsub.errors import AkUnsubError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from werkzeug.wrappers import Response as BaseResponse

HTML = "text/html"
#: What is changed on its way to the browser.
WIRED = {HTML, "text/javascript", "application/javascript"}
_PAGES = {".html", ".htm"}
_MAX_PAGES = 200
_FIRST_LOOK_S = 5
# What is of the connection, and what is not true any more once a page is changed.
_OF_THE_CONNECTION = ("Connection", "Date", "Keep-Alive", "Server", "Transfer-Encoding")


class SourceError(AkUnsubError):
    """There is no page where one was named."""


class Source(Protocol):
    """
    Pages, as they are written.

    Attributes:
        host: Of the server they come from, with the port; empty: they are files.
        folder: To be watched; ``None``: there is none.
    """

    host: str
    folder: Path | None

    def pages(self) -> list[str]:
        """Return where pages are: paths with a leading slash."""

    def texts(self, paths: Sequence[str]) -> Iterator[str]:
        """Yield the pages at *paths*, see ``as_text``, as far as it can be had now."""

    def answer(self, path: str) -> BaseResponse:
        """Answer the present request for *path*, without the leading slash."""


def open_source(named: str) -> Source:
    """
    Return the source that *named* stands for: a URL, a file or a folder.

    Raises:
        SourceError: It stands for none.
    """
    if named.startswith(("http://", "https://")):
        return Upstream(named)
    path = Path(named)
    if path.is_dir():
        return Folder(path)
    if path.is_file():
        return Folder(path.parent, path.name)
    raise SourceError(
        f"there is no {named}; name an HTML file, a folder, or the URL of your server"
    )


class Folder:
    """
    Files.

    Args:
        folder: With all that the pages use.
        page: The one that is meant; empty: all of them.
    """

    host = ""

    def __init__(self, folder: Path, page: str = "") -> None:
        self.folder: Path | None = folder.resolve()
        self._folder = folder.resolve()
        self._page = page

    def pages(self) -> list[str]:
        if self._page:
            return [f"/{quote(self._page)}"]
        found = sorted(
            islice(self._files(), _MAX_PAGES),
            key=lambda one: (len(one.parts), one.name != "index.html", one),
        )
        return [f"/{quote(one.as_posix())}" for one in found]

    def _files(self) -> Iterator[PurePath]:
        for folder, folders, names in os.walk(self._folder):
            folders[:] = sorted(name for name in folders if not is_hidden(name))
            within = Path(folder).relative_to(self._folder)
            for name in names:
                if PurePath(name).suffix in _PAGES and not is_hidden(name):
                    yield within / name

    def texts(self, paths: Sequence[str]) -> Iterator[str]:
        for path in paths:
            with suppress(OSError):  # whoever opens it is told
                yield as_text(self._folder.joinpath(url2pathname(path[1:])).read_bytes())

    def answer(self, path: str) -> BaseResponse:
        if any(map(is_hidden, PurePosixPath(path).parts)):
            raise NotFound
        at = safe_join(str(self._folder), path)
        if at and Path(at).is_dir():
            if path and not path.endswith("/"):  # else what is beside the page is not found
                query = request.query_string.decode("latin-1")
                return redirect(f"/{quote(path)}/{f'?{query}' if query else ''}")
            path = str(PurePosixPath(path, "index.html"))
        return send_from_directory(self._folder, path, max_age=0)


def is_hidden(name: str) -> bool:
    """Is a file or folder of that name nothing of a page's, and nothing for anybody to read?"""
    return name.startswith(".") or name in {"node_modules", "akunsub.toml"}


class Upstream:
    """
    A server that a developer runs, such as a bundler's.

    Args:
        url: Of a page on it.
    """

    folder: Path | None = None

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(iri_to_uri(url))
            parts.port  # noqa: B018  is looked at when it is asked for
        except ValueError as error:
            raise SourceError(f"{url} is no address: {error}") from error
        if not parts.hostname:
            raise SourceError(f"{url} names no host; write http://localhost:5173/page, for one")
        self.host = parts.netloc
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._page = urlunsplit(("", "", parts.path or "/", parts.query, parts.fragment))
        self._target: dict[str, Any] = {
            "target": self._origin,
            "host": parts.netloc,
            "headers": {},
            "ssl_context": None,
            "remove_prefix": False,
        }
        # Its own choice of targets knows prefixes such as /static/ only, not everything.
        self._proxy = ProxyMiddleware(NotFound(), {}, timeout=60)

    def pages(self) -> list[str]:
        return [self._page]

    def texts(self, paths: Sequence[str]) -> Iterator[str]:
        for path in paths:
            url = self._origin + urldefrag(path)[0]
            with (  # a server may be started later
                suppress(OSError, HTTPException),
                urlopen(url, timeout=_FIRST_LOOK_S) as answer,  # noqa: S310  http or https  # nosec B310
            ):
                yield as_text(answer.read())

    def answer(self, path: str) -> BaseResponse:
        environ = {**request.environ, "HTTP_ACCEPT_ENCODING": "identity"}
        # What the browser has is the page as we changed it.
        for name in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"):
            environ.pop(name, None)
        application = self._proxy.proxy_to(self._target, f"/{path}", "")
        try:
            answer = Response.from_app(application, environ)
        except HTTPException as error:
            return _apology(f"{self._origin} does not speak HTTP: {error!r}")
        # A server's own says when.
        is_ours = answer.status_code == BadGateway.code and "Date" not in answer.headers
        for name in _OF_THE_CONNECTION:
            answer.headers.pop(name, None)
        if leads_to := answer.headers.get("Location"):
            parts = urlsplit(urljoin(self._origin + f"/{quote(path)}", leads_to))
            if f"{parts.scheme}://{parts.netloc}" != self._origin:
                return _apology(f"/{path} leads to {leads_to}; akunsub dev can be given that.")
            answer.headers["Location"] = urlunsplit(("", "", *parts[2:])) or "/"
        if is_ours:
            return _apology(
                f"{self._origin} does not answer. Is your server running? If it has a certificate "
                "of its own, name its http address."
            )
        if answer.mimetype in WIRED and "Content-Encoding" in answer.headers:
            return _apology(f"/{path} comes compressed, which was not asked for.")
        return answer


def as_text(content: bytes) -> str:
    """Return *content* as a text that the same bytes can be made of: only ASCII is looked at."""
    return content.decode("latin-1")


def _apology(text: str) -> Response:
    return Response(f"{text}\n", BadGateway.code, content_type="text/plain; charset=utf-8")
