"""What stands before every request and behind every answer, whatever is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

if TYPE_CHECKING:
    from flask import Flask

    from akunsub.platform.server_settings import ServerSettings

#: A load balancer asks by an address, and they tell nothing about people.
_ANY_HOST = {"/healthz", "/readyz", "/_unsub/health"}
#: Of what is no page: shown in a browser all the same, it runs nothing and is in no frame.
_NO_PAGE_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#: Where an answer does not say otherwise.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Many addresses hold a smid.
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": _NO_PAGE_CSP,
    # What is for everybody (the SDK, styles) says itself how long it is kept.
    "Cache-Control": "no-store",
}


def init_app(app: Flask, settings: ServerSettings, *, production: bool) -> None:
    """
    Guard *app*.

    Args:
        app: The endpoint. Only what looks on may come before the check of the host.
        settings: Of ``[server]``. Only production has hosts, proxies and https.
        production: For real subscribers.
    """
    app.after_request(_add_headers)
    if not production:
        return
    if settings.hosts:
        hosts = settings.hosts
        # Flask's TRUSTED_HOSTS is asked when a route is looked for: after what answers /unsub/*.
        app.before_request_funcs.setdefault(None, []).insert(0, lambda: _check_host(hosts))
    if settings.trusted_proxies:
        # Not X-Forwarded-Host: a proxy that does not set it hands on what anybody wrote.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the documented way
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    if settings.hsts_seconds:
        seconds = settings.hsts_seconds
        app.after_request(lambda response: _add_hsts(response, seconds))


def _check_host(hosts: tuple[str, ...]) -> None:
    host = request.environ.get("HTTP_HOST", "").lower()
    if request.path not in _ANY_HOST and not host_is_trusted(host, hosts):
        abort(400, description="the header Host names no host of this endpoint ([server] hosts)")


def _add_headers(response: Response) -> Response:
    said = {name.lower() for name, _ in response.headers}
    response.headers.extend({name: it for name, it in _HEADERS.items() if name.lower() not in said})
    return response


def _add_hsts(response: Response, seconds: int) -> Response:
    # A browser ignores it over http, and must.
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={seconds}"
    return response
