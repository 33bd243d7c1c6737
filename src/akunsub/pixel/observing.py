"""
What each request was and how long it took, for the metrics and for the log.

The log's set-up decides what of it is shown, and how: see ``akunsub.logs``.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g, request_started

from akunsub.pixel import calls
from akunsub.pixel.calls import the_request
from akunsub.pixel.metrics import OTHER, bounded

if TYPE_CHECKING:
    from flask import Flask, Response

    from akunsub.pixel.calls import Call, Verdict
    from akunsub.pixel.metrics import Metrics

_log = logging.getLogger("akunsub.requests")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Machines ask for these every few seconds; that all is well is not worth a line.
_QUIET = {"healthz", "readyz", "metrics"}


def init_app(app: Flask, metrics: Metrics) -> None:
    """Watch every request of *app*."""
    # Before any function of before_request, one of which may answer.
    request_started.connect(_begin, app)
    calls.on_call(app, _remember)

    def end(response: Response) -> Response:
        seen: _Seen = g.seen
        seconds = time.perf_counter() - seen.began
        action = bounded(seen.call.action) if seen.call else the_request().endpoint or OTHER
        metrics.time_request(action, seconds)
        is_told = action not in _QUIET or response.status_code >= 400
        if is_told and _log.isEnabledFor(logging.INFO):
            _tell(action, seconds, response.status_code, seen)
        return response

    app.after_request(end)


@dataclass
class _Seen:
    """One request."""

    began: float
    #: None: it is no call.
    call: Call | None = None
    verdict: Verdict | None = None


def _begin(_app: Flask, **_more: object) -> None:
    g.seen = _Seen(time.perf_counter())


def _remember(call: Call, verdict: Verdict) -> None:
    seen: _Seen = g.seen
    seen.call, seen.verdict = call, verdict


def _tell(action: str, seconds: float, status: int, seen: _Seen) -> None:
    request, call, verdict = the_request(), seen.call, seen.verdict
    facts = {
        "method": request.method if request.method in _METHODS else OTHER,
        "action": action,
        "verdict": verdict.word if verdict else None,
        "rule": verdict.rule if verdict else None,
        "status": status,
        "duration_ms": round(seconds * 1000, 3),
        "smid": call.smid if call else None,
        "request_id": (call.request_id if call else None) or request.headers.get("X-Request-ID"),
        "path": request.path,
        "remote_addr": request.remote_addr,
    }
    _log.info("request", extra={name: it for name, it in facts.items() if it is not None})
