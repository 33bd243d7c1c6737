"""Pages of the endpoint's own: the headers that each of them has."""

from __future__ import annotations

from flask import Response

_CSP = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
#: For a page that runs scripts of its own, from files.
SCRIPT_CSP = f"{_CSP}; script-src 'self'; connect-src 'self'"
_HEADERS = {
    # The address holds the smid: it goes to nobody, and into no search engine.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page_response(html: str, status: int = 200, *, scripted: bool = False) -> Response:
    """Return *html* as a page that keeps the address private; *scripted*: it has files to run."""
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.headers.update(_HEADERS)
    response.headers["Content-Security-Policy"] = SCRIPT_CSP if scripted else _CSP
    return response
