"""The endpoint as a WSGI application."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from akunsub.pixel import (
    access,
    api,
    faults,
    guard,
    health,
    limits,
    link,
    manage,
    metrics,
    observing,
    openapi,
    script,
    unsub,
)
from akunsub.pixel.control import control
from akunsub.pixel.inspector import inspector
from akunsub.pixel.message_headers import message_headers
from akunsub.pixel.rehearsal import rehearsal

if TYPE_CHECKING:
    from collections.abc import Callable

    from akunsub.platform.store import Store

_log = logging.getLogger(__name__)


def create_app(
    store: Store,
    *,
    production: bool = False,
    inspector_token: str | None = None,
    metrics_token: str | None = None,
) -> Flask:
    """
    Return the endpoint for one store. The store stays the caller's to close.

    Args:
        store: Where everything is kept.
        production: For real subscribers: nobody is told what would have been right, the time is
            real, and nothing below /_unsub/ changes anything.
        inspector_token: In production, who has it may look at what is below /_unsub/. None: nobody.
        metrics_token: In production, who has it may look at /metrics. None: nobody.

    Raises:
        FileNotFoundError: The SDK was not built.
    """
    app = _Application("akunsub.pixel", static_folder="static", static_url_path="/_static")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider's attribute
    app.extensions["akunsub_store"] = store
    app.config["AKUNSUB_PRODUCTION"] = production
    unsub.init_app(app)
    api.init_app(app)
    openapi.init_app(app)
    link.init_app(app)
    manage.init_app(app)
    script.init_app(app)
    app.register_blueprint(control)
    app.register_blueprint(inspector)
    app.register_blueprint(message_headers)
    if production:
        access.init_app(app, inspector_token=inspector_token, metrics_token=metrics_token)
        limits.init_app(app, store.settings)
    else:
        faults.init_app(app)
        app.register_blueprint(rehearsal)
    health.init_app(app)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(SQLAlchemyError, _answer_store_failure)
    guard.init_app(app, store.settings.server, production=production)
    observing.init_app(app, metrics.init_app(app))
    return app


class _Application(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return *func*: none of ours is async, and Flask would look at each for each request."""
        return func


def _answer_http_error(error: HTTPException) -> Response:
    if error.code is None or error.code >= 500:
        _log.error("a request failed: %s %s", request.method, request.path, exc_info=error)
    response = jsonify(error=error.code, error_text=error.description)
    response.status_code = error.code or 500
    # A page that loads the script with crossorigin should see 404, not a CORS fault.
    response.headers["Access-Control-Allow-Origin"] = "*"
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _answer_store_failure(error: SQLAlchemyError) -> Response:
    _log.error("a request failed: %s %s", request.method, request.path, exc_info=error)
    response = jsonify(error=503, error_text="the database cannot be used; try again")
    response.status_code = 503
    response.headers["Retry-After"] = "1"
    return response
