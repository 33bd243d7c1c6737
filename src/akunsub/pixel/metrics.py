"""
``/metrics`` in Prometheus' text format.

The figures are this process' own, since it started: scrape each process, and add them up. The
outbox's are the database's, the same from every process: take the highest.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from flask import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from akunsub.pixel import calls, manage
from akunsub.pixel.api.methods import METHODS
from akunsub.platform import outbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from prometheus_client import Metric

    from akunsub.pixel.calls import Call, Verdict

_log = logging.getLogger(__name__)
#: What is done by a call. Anybody can ask for anything else: that is "other".
ACTIONS = frozenset(
    {
        *("confirm", "cancel", "state"),
        *("link", "list_unsubscribe", "one_click"),
        *("manage", *(f"manage_{what}" for what in manage.OUTCOMES)),
        *METHODS,
    }
)
OTHER = "other"
# Seconds. A confirm takes a few milliseconds; the SDK gives up after 8 s.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._calls = Counter(
            "akunsub_calls",
            "Calls, by what they do, the mode of their resource (none: not known) and verdict.",
            ["action", "mode", "verdict"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "akunsub_request_seconds",
            "From a request to its answer, by what a call does, or which other page it is.",
            ["action"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        # There are few, and the library checks the labels each time.
        self._calls_of, self._seconds_of = cache(self._calls.labels), cache(self._seconds.labels)

    def count_call(self, call: Call, verdict: Verdict) -> None:
        """Count a call."""
        self._calls_of(bounded(call.action), call.mode, verdict.word).inc()

    def time_request(self, action: str, seconds: float) -> None:
        """Take how long a request took; *action* is one of few."""
        self._seconds_of(action).observe(seconds)


def bounded(action: str) -> str:
    """Return *action*, or ``other``: strangers make no series of their own."""
    return action if action in ACTIONS else OTHER


def init_app(app: Flask) -> Metrics:
    """Answer ``/metrics``, and count the calls of *app*."""
    metrics = Metrics()
    calls.on_call(app, metrics.count_call)
    metrics.registry.register(_Outbox(app))

    def show() -> Response:
        response = Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = "no-store"
        return response

    app.add_url_rule("/metrics", "metrics", show)
    return metrics


class _Outbox:
    """Looks into the outbox whenever somebody looks at the metrics."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> list[Metric]:
        """Return nothing: the registry would look into the outbox to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield its figures; none while the database does not answer."""
        try:
            with self._app.app_context(), calls.the_store().read() as connection:
                found = outbox.depth(connection, calls.time_now(connection))
        except SQLAlchemyError as error:
            _log.warning("the outbox cannot be looked at", exc_info=error)
            return
        rows = GaugeMetricFamily("akunsub_outbox_rows", "Rows, by state.", labels=["state"])
        rows.add_metric(["waiting"], found.waiting)
        rows.add_metric(["dead"], found.dead)
        yield rows
        yield GaugeMetricFamily(
            "akunsub_outbox_oldest_seconds",
            "The age of the oldest row that is due, or was tried.",
            value=found.oldest_seconds,
        )
