"""
The relay: sends what the outbox holds, until it is told to stop.

Any number of them may run on one database. A relay that is killed loses nothing: what it had
claimed is free again after the lease, and is sent with the same Request-ID.
"""

from __future__ import annotations

import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from akunsub.platform import clock, outbox

if TYPE_CHECKING:
    import threading

    from sqlalchemy import Connection

    from akunsub.gateway.client import Answer, Client
    from akunsub.platform.outbox import Delivery
    from akunsub.platform.store import Store
    from akunsub.platform.upstream_settings import Upstream

_log = logging.getLogger(__name__)

#: Requests under way at a time.
SENDERS = 8
_IDLE_S = 0.25
_BATCH = 4 * SENDERS
_LONGEST_PAUSE_S = 5 * 3600
# When the database does not answer.
_TROUBLE_S = 1.0
_FORGET_EVERY_S = 600.0
_MOST_FORGOTTEN = 1000


class Relay:
    """
    One relay.

    Args:
        store: Whose outbox is sent.
        client: The platform.
        settings: How often to try.
        production: The time is the real one, whatever was rehearsed before.
    """

    def __init__(
        self, store: Store, client: Client, settings: Upstream, *, production: bool
    ) -> None:
        self._store = store
        self._client = client
        self._settings = settings
        self._is_production = production
        # Longer than a try can take, unless an answer comes in bits: the platform knows it then.
        self._lease = timedelta(seconds=4 * settings.timeout_seconds + 5)
        self._forget_at = 0.0

    def run(self, stopped: threading.Event) -> None:
        """Send what is due as it comes, until *stopped* is set; what is under way is ended."""
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="akunsub-relay") as pool:
            while not stopped.is_set():
                try:
                    count = self.step(pool)
                except SQLAlchemyError as error:
                    # The rows stay as they are, and claims end by themselves.
                    _log.error("the outbox cannot be used: %s", type(error).__name__)
                    stopped.wait(_TROUBLE_S)
                except Exception:  # noqa: BLE001 (logged; the endpoint would go on, and nobody deliver)
                    # Of one delivery, and a fault of ours: it is tried again when its claim ends.
                    _log.exception("a delivery failed in an unexpected way")
                    stopped.wait(_TROUBLE_S)
                else:
                    if not count:
                        stopped.wait(_IDLE_S)

    def step(self, pool: ThreadPoolExecutor) -> int:
        """Send what is due now, at most one batch; return how much that was."""
        self._forget_now_and_then()
        with self._store.read() as connection:
            if not outbox.is_any_due(connection, self._now(connection)):
                return 0
        claimed = self._store.transact(
            lambda connection: outbox.claim(
                connection,
                self._now(connection),
                limit=_BATCH,
                lease=self._lease,
            )
        )
        for sent in [pool.submit(self._deliver, one) for one in claimed]:
            sent.result()
        return len(claimed)

    def _deliver(self, delivery: Delivery) -> None:
        answer = self._client.send(delivery)
        self._store.transact(lambda connection: self._settle(connection, delivery, answer))

    def _settle(self, connection: Connection, delivery: Delivery, answer: Answer) -> None:
        now = self._now(connection)
        if answer.word == "done":
            if outbox.settle(connection, delivery, "delivered", now, reason=None):
                _log.info("delivered", extra={"outbox_id": delivery.id, "tries": delivery.tries})
            if answer.profile_id:
                outbox.name_profile(connection, delivery.smid, answer.profile_id)
            return
        is_last = delivery.tries >= self._settings.max_tries
        if answer.word == "refused" or is_last:
            reason = answer.reason
            if answer.word == "again":
                reason = f"given up after {delivery.tries} tries: {reason}"
            if outbox.settle(connection, delivery, "dead", now, reason=reason):
                facts = {"outbox_id": delivery.id, "tries": delivery.tries, "reason": reason}
                _log.error("dead: akunsub outbox list shows it", extra=facts)
            return
        due_at = now + timedelta(seconds=self._pause_s(delivery, answer))
        outbox.put_off(
            connection,
            delivery,
            due_at,
            reason=answer.reason,
            may_have_arrived=answer.may_have_arrived,
        )

    def _pause_s(self, delivery: Delivery, answer: Answer) -> float:
        pause: float = self._settings.first_retry_seconds * 2 ** min(delivery.tries - 1, 30)
        # Of different length, or all that an outage held up would come at once.
        pause *= random.uniform(0.8, 1.2)  # noqa: S311 (no secret)  # nosec B311
        return max(min(pause, _LONGEST_PAUSE_S), answer.retry_after_s)

    def _now(self, connection: Connection) -> datetime:
        return datetime.now(UTC) if self._is_production else clock.read(connection).now

    def _forget_now_and_then(self) -> None:
        if time.monotonic() < self._forget_at:
            return
        # First: where it fails, it is not in the way of what is to be delivered.
        self._forget_at = time.monotonic() + _FORGET_EVERY_S
        keep = timedelta(days=self._settings.keep_days)
        forgotten = self._store.transact(
            lambda connection: outbox.forget_delivered(
                connection, self._now(connection) - keep, limit=_MOST_FORGOTTEN
            )
        )
        # There may be more: after the next batch, so that no delivery waits for all of it to go.
        if forgotten == _MOST_FORGOTTEN:
            self._forget_at = 0.0
