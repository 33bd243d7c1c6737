"""Where calls are counted for the limits: in this process, or in a Redis that several share."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from limits.errors import ConfigurationError
from limits.storage import MemoryStorage, RedisStorage

from akunsub.errors import SettingsError

if TYPE_CHECKING:
    from limits.storage import Storage

#: A call waits no longer for an answer of Redis.
_REDIS_TIMEOUT_S = 0.3
_TABLES = 256


def open_counters(url: str) -> Storage:
    """
    Return what counts. Nothing is connected yet.

    Args:
        url: As checked by the settings.

    Raises:
        SettingsError: What it needs is not installed, or the rest of the URL cannot be.
    """
    if url.startswith("memory:"):
        return Counters()
    try:
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise SettingsError(
            "[limits] storage", ["a Redis needs: pip install 'akunsub[redis]'"]
        ) from error
    try:
        return RedisStorage(
            url,
            wrap_exceptions=True,
            socket_timeout=_REDIS_TIMEOUT_S,
            socket_connect_timeout=_REDIS_TIMEOUT_S,
            # Once, at once, for a connection that Redis has closed; its own way is up to 10 s long.
            retry=Retry(NoBackoff(), 1),  # type: ignore[arg-type]  # passed on as it is
        )
    except (ConfigurationError, ValueError) as error:
        # Not the error's own text: it may repeat a password.
        raise SettingsError(
            "[limits] storage", ["is an address that Redis's library does not take"]
        ) from error


class Counters(MemoryStorage):
    """
    Counts in memory; what is over is dropped a whole window at a time.

    The library's own looks through all keys every 10 ms: with 120,000 of them, as many people as
    1,000 calls a second are in two minutes, that took 60 % of a processor.
    """

    def __init__(self) -> None:
        super().__init__(wrap_exceptions=True)
        self._lock = threading.Lock()
        # By a window's length: its number, what is counted in it, and in the one before.
        self._windows: dict[int, tuple[int, _Counts, _Counts]] = {}

    def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count *amount* more, unless that would be too many."""
        with self._lock:
            before, weight, now = self._look(key, expiry)
            if int(before * weight) + now + amount > limit:
                return False
            self._windows[expiry][1].put(key, now + amount)
            return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return how many were in the window before and are in this one, each with its end."""
        with self._lock:
            before, weight, now = self._look(key, expiry)
        rest_s = weight * expiry
        return before, rest_s if before else 0.0, now, rest_s + expiry

    def __len__(self) -> int:
        """Return how many numbers are kept."""
        return sum(len(now) + len(before) for _, now, before in self._windows.values())

    def _look(self, key: str, expiry: int) -> tuple[int, float, int]:
        """Return the count before, how much of it still weighs, and the count now."""
        number, passed = divmod(time.time() / expiry, 1)
        at, now, before = self._windows.get(expiry) or (-1, _Counts(), _Counts())
        if at != number:
            before = now if at == number - 1 else _Counts()
            at, now = int(number), _Counts()
            self._windows[expiry] = (at, now, before)
        return before.get(key), 1 - passed, now.get(key)


class _Counts:
    """
    Numbers by key.

    Many small tables, and of a key its hash: a large table grows in whichever thread comes, and
    what it leaves there is of no use to the others. (One process took 1 MB more each minute.)
    """

    def __init__(self) -> None:
        self._tables: list[dict[int, int]] = [{} for _ in range(_TABLES)]

    def get(self, key: str) -> int:
        hashed = hash(key)
        return self._tables[hashed % _TABLES].get(hashed, 0)

    def put(self, key: str, number: int) -> None:
        hashed = hash(key)
        self._tables[hashed % _TABLES][hashed] = number

    def __len__(self) -> int:
        return sum(map(len, self._tables))
