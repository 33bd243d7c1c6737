"""
``/healthz`` and ``/readyz``: is the process there, and should anybody be sent to it?

For load balancers, in production too. They tell nothing else.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from flask import Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from akunsub.pixel.calls import the_store
from akunsub.pixel.server import is_stopping

if TYPE_CHECKING:
    from flask import Flask

_log = logging.getLogger(__name__)
_CHECK_S = 1.0


def init_app(app: Flask) -> None:
    """Answer both."""
    # A database that hangs holds one thread for this, however often somebody asks.
    checking = threading.Lock()

    def ready() -> Response:
        if is_stopping(request.environ)() or not checking.acquire(timeout=_CHECK_S):
            return _answer("unavailable")
        try:
            is_current = the_store().is_current()
        except SQLAlchemyError as error:
            _log.warning("the database does not answer", exc_info=error)
            return _answer("unavailable")
        finally:
            checking.release()
        return _answer("ok" if is_current else "unavailable")

    app.add_url_rule("/healthz", "healthz", lambda: _answer("ok"))
    app.add_url_rule("/readyz", "readyz", ready)


def _answer(word: str) -> Response:
    response = jsonify(status=word)
    response.headers["Cache-Control"] = "no-store"
    if word != "ok":
        response.status_code = 503
        response.headers["Retry-After"] = "1"
    return response
