"""Pages of the endpoint's own: the headers that each of them has."""

from __future__ import annotations

from flask import Response

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # The address holds the smid: it goes to nobody, and into no search engine.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page_response(html: str, status: int = 200) -> Response:
    """Return *html* as a page that keeps the address private."""
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.headers.update(_HEADERS)
    return response
