"""
A site that is not the endpoint: it serves a folder of pages, so that they are cross-origin.

The pages are written against the endpoint's usual address; where it has another, that is put in.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from flask import Flask, Response, redirect, request, send_from_directory
from werkzeug.security import safe_join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as BaseResponse

#: What pages in ``demo/`` call the endpoint.
USUAL_ENDPOINT = "http://127.0.0.1:8025"
_TEXT_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".py": "text/plain",
}


def create_site(folder: Path, endpoint: str, more: Mapping[str, Path] | None = None) -> Flask:
    """
    Return a WSGI application that serves *folder*.

    Args:
        folder: With an ``index.html``.
        endpoint: The origin of the pixel endpoint, without a trailing slash.
        more: Other folders, by the first part of the path that they are served below.
    """
    app = Flask("akunsub.site", static_folder=None)

    @app.get("/")
    def to_index() -> BaseResponse:
        query = request.query_string.decode("latin-1")
        return redirect(f"/index.html?{query}" if query else "/index.html")

    for first, other in (more or {}).items():
        app.add_url_rule(
            f"/{first}/<path:path>",
            endpoint=first,
            view_func=partial(send_from_directory, other, max_age=0),
        )

    @app.get("/<path:name>")
    def serve(name: str) -> Response:
        path = safe_join(str(folder), name)
        content_type = _TEXT_TYPES.get(PurePath(name).suffix)
        if path is not None and content_type and Path(path).is_file():
            text = Path(path).read_text(encoding="utf-8").replace(USUAL_ENDPOINT, endpoint)
            response = Response(text, content_type=f"{content_type}; charset=utf-8")
        else:
            response = send_from_directory(folder, name, max_age=0)
        response.headers["X-Content-Type-Options"] = "nosniff"
        if name.endswith(".html"):
            # The address holds the smid: it goes to nobody, and into no search engine.
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            response.headers["Cache-Control"] = "no-store"
        return response

    return app
