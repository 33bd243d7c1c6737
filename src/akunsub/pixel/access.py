"""
Who may look at what the endpoint stored, in production: nobody, or who has the inspector's token.

It guards everything below ``/_unsub/``, whatever answers there; and ``/metrics``, with its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, jsonify, request

from akunsub.pixel import limits
from akunsub.platform.tokens import is_same_token

if TYPE_CHECKING:
    from flask import Flask

_INSPECTOR, _METRICS = "/_unsub", "/metrics"
#: For a load balancer, and for who writes a client: they tell nothing about people.
_OPEN = {"/_unsub/health", "/_unsub/openapi.json"}


def init_app(app: Flask, *, inspector_token: str | None, metrics_token: str | None) -> None:
    """
    Guard what is below /_unsub/, and /metrics.

    Args:
        app: The endpoint.
        inspector_token: None: it is as if nothing were there.
        metrics_token: The same.
    """
    guarded = {
        _INSPECTOR: ("inspector", inspector_token),
        _METRICS: ("metrics", metrics_token),
    }

    def check() -> Response | None:
        path = request.path
        for prefix, (name, token) in guarded.items():
            if path in _OPEN or not (path == prefix or path.startswith(f"{prefix}/")):
                continue
            if token is None:
                abort(404)
            if _is_token(token):
                return None
            # Who sends none has only opened the page: the browser asks for it then.
            return _refuse_guess(name) if "Authorization" in request.headers else _ask(name)
        return None

    # Before any other: nothing of the request is looked at for a stranger.
    app.before_request_funcs.setdefault(None, []).insert(0, check)


def _is_token(expected: str) -> bool:
    try:
        given = request.authorization
    except ValueError:
        # Werkzeug 3.1 raises it for "Basic" with what is not ASCII.
        return False
    if given is None or given.type not in {"basic", "bearer"}:
        return False
    # The user's name does not matter: browsers ask for one.
    token = given.password if given.type == "basic" else given.token
    return is_same_token(token or "", expected)


def _refuse_guess(name: str) -> Response:
    try:
        limits.count_guess()
    except limits.TooManyCallsError as refusal:
        response = jsonify(error=429, error_text=refusal.error_text, code=refusal.code)
        response.status_code = 429
        response.headers["Retry-After"] = str(refusal.retry_after_s)
        return response
    return _ask(name)


def _ask(name: str) -> Response:
    text = f"the token of the {name} is needed, as the password"
    response = jsonify(error=401, error_text=text)
    response.status_code = 401
    response.headers.add("WWW-Authenticate", 'Basic realm="akunsub", charset="UTF-8"')
    response.headers.add("WWW-Authenticate", 'Bearer realm="akunsub"')
    response.headers["Cache-Control"] = "no-store"
    return response
