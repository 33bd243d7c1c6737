"""
``/metrics`` in Prometheus' text format.

The figures are this process' own, since it started: scrape each process, and add them up. The
outbox's are the database's, the same from every process: take the highest.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from flask import Flask
    from prometheus_client import Metric
    from sqlalchemy import Connection

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


class Depth(Protocol):
    """How much is in the outbox."""

    @property
    def waiting(self) -> int:
        """Rows to be delivered."""

    @property
    def dead(self) -> int:
        """Rows that were given up."""

    @property
    def oldest_seconds(self) -> float:
        """How long the oldest of those that wait has waited; 0 when none does."""


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

    def count_call(self, call: Call, verdict: Verdict) -> None:
        """Count a call."""
        self._calls.labels(bounded(call.action), call.mode, verdict.word).inc()

    def time_request(self, action: str, seconds: float) -> None:
        """Take how long a request took; *action* is one of few."""
        self._seconds.labels(action).observe(seconds)


def bounded(action: str) -> str:
    """Return *action*, or ``other``: strangers make no series of their own."""
    return action if action in ACTIONS else OTHER


def init_app(app: Flask, *, depth: Callable[[Connection, datetime], Depth] | None) -> Metrics:
    """
    Answer ``/metrics``, and count the calls of *app*.

    Args:
        app: The endpoint.
        depth: Returns how much is in the outbox now; None: there is none.
    """
    metrics = Metrics()
    calls.on_call(app, metrics.count_call)
    if depth is not None:
        metrics.registry.register(_Outbox(app, depth))

    def show() -> Response:
        response = Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = "no-store"
        return response

    app.add_url_rule("/metrics", "metrics", show)
    return metrics


class _Outbox:
    """Looks into the outbox whenever somebody looks at the metrics."""

    def __init__(self, app: Flask, depth: Callable[[Connection, datetime], Depth]) -> None:
        self._app = app
        self._depth = depth

    def describe(self) -> list[Metric]:
        """Return nothing: the registry would look into the outbox to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield its figures; none while the database does not answer."""
        try:
            with self._app.app_context(), calls.the_store().read() as connection:
                found = self._depth(connection, calls.time_now(connection))
        except SQLAlchemyError as error:
            _log.warning("the outbox cannot be looked at", exc_info=error)
            return
        rows = GaugeMetricFamily("akunsub_outbox_rows", "Rows, by state.", labels=["state"])
        rows.add_metric(["waiting"], found.waiting)
        rows.add_metric(["dead"], found.dead)
        yield rows
        yield GaugeMetricFamily(
            "akunsub_outbox_oldest_seconds",
            "How long the oldest row that waits has waited.",
            value=found.oldest_seconds,
        )
