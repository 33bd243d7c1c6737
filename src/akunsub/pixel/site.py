"""
A site that is not the endpoint: it serves a folder of pages, so that they are cross-origin.

The pages are written against the endpoint's usual address; where it has another, that is put in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, abort, redirect, request, send_from_directory
from werkzeug.security import safe_join

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.wrappers import Response as BaseResponse

#: What pages in ``demo/`` call the endpoint.
USUAL_ENDPOINT = "http://127.0.0.1:8025"
_TEXT_SUFFIXES = (".html", ".js", ".css")


def create_site(folder: Path, endpoint: str) -> Flask:
    """
    Return a WSGI application that serves *folder*.

    Args:
        folder: With an ``index.html``.
        endpoint: The origin of the pixel endpoint, without a trailing slash.
    """
    app = Flask("akunsub.site", static_folder=None)

    @app.get("/")
    def to_index() -> BaseResponse:
        query = request.query_string.decode("latin-1")
        return redirect(f"/index.html?{query}" if query else "/index.html")

    @app.get("/<path:name>")
    def serve(name: str) -> Response:
        path = safe_join(str(folder), name)
        if path is None:
            abort(404)
        response = send_from_directory(folder, name, max_age=0)
        if name.endswith(_TEXT_SUFFIXES):
            response.direct_passthrough = False
            text = response.get_data(as_text=True)
            response = Response(
                text.replace(USUAL_ENDPOINT, endpoint), content_type=response.content_type
            )
        response.headers["X-Content-Type-Options"] = "nosniff"
        if name.endswith(".html"):
            # The address holds the smid: it goes to nobody, and into no search engine.
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            response.headers["Cache-Control"] = "no-store"
        return response

    return app
