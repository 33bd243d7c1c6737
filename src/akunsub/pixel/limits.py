"""
How many calls are let through, per address and per smid; in production only.

What is refused here changes nothing and leaves no line in the ledger: a flood would fill the
database. It is counted, and told in the log now and then. The SDK keeps such a call and tries again
later. Where the counters cannot be reached, everything is let through.
"""

from __future__ import annotations

import hashlib
import logging
import math
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Literal

from flask import current_app, request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.strategies import SlidingWindowCounterRateLimiter

from akunsub.errors import CallRefusedError
from akunsub.pixel.callers import address_to_count
from akunsub.pixel.counters import open_counters

if TYPE_CHECKING:
    from flask import Flask

    from akunsub.platform.settings import Settings

#: What a call is counted as. A ``stranger`` has shown no token where one is needed; None: a server
#: with the token is not counted.
Counted = Literal["change", "look", "stranger"] | None

_log = logging.getLogger(__name__)
_EXTENSION = "akunsub_limiter"
#: Refusals of what somebody tries who does not know.
_GUESSES = {"bad_smid", "unknown_smid", "wrong_rtoken"}
_TELL_EVERY_S = 60
#: After a failure of the counters, calls do not wait for them for so long.
_PAUSE_S = 5


class TooManyCallsError(CallRefusedError):
    """A call over a limit: nothing was looked at."""

    def __init__(self, limit: str, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(
            "too_many",
            429,
            "too many calls in a short time: nothing was changed; try again later",
            fix=f"the limit is {limit} under [limits] in akunsub.toml",
        )


class Limiter:
    """The limits of one application. Threads share it."""

    def __init__(self, settings: Settings) -> None:
        self._exempt = settings.limits.exempt_networks
        self._is_behind_proxy = settings.server.trusted_proxies > 0
        self._window = SlidingWindowCounterRateLimiter(open_counters(settings.limits.storage))
        rates = {
            name: getattr(settings.limits, name)
            for name in ("per_smid", "per_address", "guesses_per_address")
        }
        self._rates = {name: parse(rate) for name, rate in rates.items() if rate}
        #: How many calls each limit has refused.
        self.refused: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._told_at = self._told_failure_at = -math.inf
        self._paused_until = -math.inf

    def address(self) -> str | None:
        """Return what the request's address is counted as; None: it is not."""
        return address_to_count(
            request.remote_addr, is_behind_proxy=self._is_behind_proxy, exempt=self._exempt
        )

    def count(self, limit: str, *key: str) -> None:
        """
        Count one call.

        Raises:
            TooManyCallsError: It is one too many, and was not counted.
        """
        self._check(limit, key, is_counted=True)

    def look(self, limit: str, *key: str) -> None:
        """
        Look whether another one would be let through.

        Raises:
            TooManyCallsError: It would not.
        """
        self._check(limit, key, is_counted=False)

    def _check(self, limit: str, key: tuple[str, ...], *, is_counted: bool) -> None:
        rate = self._rates.get(limit)
        if rate is None or time.monotonic() < self._paused_until:
            return
        ask = self._window.hit if is_counted else self._window.test
        try:
            if ask(rate, limit, *key):
                return
            wait_s = self._wait_s(rate, limit, *key)
        except StorageError as error:
            self._pause(error)
            return
        self._tell(limit)
        raise TooManyCallsError(f'{limit} = "{rate}"', wait_s)

    def _wait_s(self, rate: RateLimitItem, *key: str) -> int:
        reset_at = self._window.get_window_stats(rate, *key).reset_time
        return min(max(1, math.ceil(reset_at - time.time())), rate.get_expiry())

    def _tell(self, limit: str) -> None:
        with self._lock:
            self.refused[limit] += 1
            if time.monotonic() < self._told_at + _TELL_EVERY_S:
                return
            self._told_at = time.monotonic()
            by_limit = {f"by_{name}": number for name, number in self.refused.items()}
        total = sum(by_limit.values())
        _log.warning("%d calls were refused by [limits] so far", total, extra=by_limit)

    def _pause(self, error: StorageError) -> None:
        with self._lock:
            self._paused_until = time.monotonic() + _PAUSE_S
            if time.monotonic() < self._told_failure_at + _TELL_EVERY_S:
                return
            self._told_failure_at = time.monotonic()
        # A click is not lost because of what only counts.
        _log.error("[limits] cannot count, all calls are let through: %s", error)


def init_app(app: Flask, settings: Settings) -> None:
    """
    Limit the calls of *app*.

    Raises:
        SettingsError: The counters cannot be kept there.
    """
    app.extensions[_EXTENSION] = Limiter(settings)


def the_limiter() -> Limiter | None:
    """Return the application's; None where there are no limits."""
    found: Limiter | None = current_app.extensions.get(_EXTENSION)
    return found


def admit_caller(counted: Counted) -> None:
    """
    Let through who has not called too often, before anything is read.

    Raises:
        TooManyCallsError: As ``per_address`` or ``guesses_per_address`` has it.
    """
    limiter = the_limiter()
    address = limiter and limiter.address()
    if limiter and address and counted in {"change", "look"}:
        limiter.look("guesses_per_address", address)
        # Each has room of its own: who only looks takes none from who wants to leave.
        limiter.count("per_address", str(counted), address)


def admit_smid(counted: Counted, smid: str | None) -> None:
    """
    Let through what is not asked too often about one message.

    Raises:
        TooManyCallsError: As ``per_smid`` has it.
    """
    limiter = the_limiter()
    if limiter and smid and counted == "change":
        # Who reads the counters reads no smid, and none is longer than another.
        digest = hashlib.blake2b(smid.encode("utf-8", "replace"), digest_size=16).hexdigest()
        limiter.count("per_smid", digest)


def note_refusal(counted: Counted, code: str) -> None:
    """
    Count a refusal, where it is one of somebody who guesses.

    Raises:
        TooManyCallsError: It is to take the refusal's place.
    """
    is_guess = counted == "stranger" or (counted is not None and code in _GUESSES)
    if is_guess:
        count_guess()


def count_guess() -> None:
    """
    Count what came from somebody who guesses.

    Raises:
        TooManyCallsError: It was one too many.
    """
    limiter = the_limiter()
    address = limiter and limiter.address()
    if limiter and address:
        limiter.count("guesses_per_address", address)
