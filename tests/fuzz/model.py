"""
What the documentation promises about one subscription, in as few lines as it can be said.

Written by hand beside it, and not from ``platform.rules``: two that say the same can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TIMER_S = 600


class RefusedError(Exception):
    """With the number of the error."""


@dataclass
class Model:
    """Times are seconds since the beginning."""

    mode: str = "delayed"
    now: float = 0
    status: str = "subscribed"
    #: Until then a cancel works.
    undo_until: float = 0
    #: The link was opened, and the timer runs.
    is_pending: bool = False
    before: str = "subscribed"
    suspended_until: float = 0
    #: By name: until when a cancel works.
    left: dict[str, float] = field(default_factory=dict)

    def advance(self, seconds):
        self.now += seconds
        if self.is_pending and self.undo_until <= self.now:
            self.is_pending, self.status = False, "unsubscribed"
        if self.status == "suspended" and self.suspended_until <= self.now:
            self.status = "subscribed"

    def ends_at(self):
        """When the clock alone will change something; 0 when it will not."""
        ends = [self.undo_until, *([self.suspended_until] if self.status == "suspended" else [])]
        return min((one for one in ends if one > self.now), default=0)

    def told(self):
        seconds_left = self.undo_until - self.now if self.is_pending else 0
        status = "pending" if self.is_pending else self.status
        return {"status": status, "categories": sorted(self.left), "seconds_left": seconds_left}

    def confirm(self, names=None):
        self._refuse_where_prevented()
        if names is not None:
            for name in names:
                self.left.setdefault(name, self._timer())
            self.is_pending = False
        elif self.status != "unsubscribed":
            self.before = self.status
            self.undo_until = self.undo_until if self.is_pending else self._timer()
            self.status, self.is_pending = "unsubscribed", False

    def cancel(self, names=None):
        self._refuse_where_prevented()
        if self.mode != "delayed":
            raise RefusedError(409)
        if names is not None:
            if any(self.left.get(name, self.now + 1) <= self.now for name in names):
                raise RefusedError(410)
            for name in names:
                self.left.pop(name, None)
        elif self.is_pending:
            self.is_pending = False
        elif self.status == "unsubscribed":
            if self.undo_until <= self.now:
                raise RefusedError(410)
            self.status = self.before

    def open_link(self):
        if self.mode == "instant":
            self.confirm()
        elif self.mode == "delayed" and self.status != "unsubscribed" and not self.is_pending:
            self.is_pending, self.undo_until = True, self._timer()

    def suspend(self, days):
        self._refuse_where_prevented()
        if self.status not in {"subscribed", "suspended"}:
            raise RefusedError(409)
        self.status, self.is_pending = "suspended", False
        self.suspended_until = self.now + days * 86400

    def resume(self):
        self.status, self.is_pending = "subscribed", False

    def choose(self, shown, ticked):
        to_leave = [name for name in shown if name not in ticked and name not in self.left]
        if to_leave:
            self.confirm(to_leave)
        for name in ticked:
            self.left.pop(name, None)

    def _timer(self):
        return self.now + TIMER_S if self.mode == "delayed" else 0

    def _refuse_where_prevented(self):
        if self.mode == "prevented":
            raise RefusedError(403)
