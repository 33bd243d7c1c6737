"""Counting in memory: as the library counts, and without growing."""

import sys
import threading

import limits
import pytest
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from akunsub.pixel.counters import Counters

RATE = limits.parse("10/minute")


@pytest.fixture
def clock(monkeypatch):
    """``clock(seconds)`` sets the time that both look at."""
    now = [0.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    return lambda seconds: now.__setitem__(0, seconds)


@pytest.fixture
def often_switching():
    """Threads get in each other's way as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_it_lets_through_what_the_library_does(clock):
    moments = [600 + step * 1.7 for step in range(200)]
    ours, theirs = (
        SlidingWindowCounterRateLimiter(one)
        for one in (Counters(), MemoryStorage(wrap_exceptions=True))
    )

    seen = []
    for moment in moments:
        clock(moment)
        answers = [(one.hit(RATE, "a"), one.test(RATE, "a")) for one in (ours, theirs)]
        stats = [one.get_window_stats(RATE, "a") for one in (ours, theirs)]
        seen.append((*answers, stats[0].remaining == stats[1].remaining))
        assert stats[0].reset_time == pytest.approx(stats[1].reset_time)

    assert all(our == their and is_same for our, their, is_same in seen)
    assert {our[0] for our, _, _ in seen} == {True, False}


def test_what_is_over_is_forgotten(clock):
    counters = Counters()
    limiter = SlidingWindowCounterRateLimiter(counters)
    for minute in range(20):
        clock(minute * 60.0 + 1)
        for number in range(1000):
            limiter.hit(RATE, f"{minute}-{number}")

    assert len(counters) == 2000


def test_threads_together_get_no_more_than_there_is(often_switching):
    counters = Counters()
    limiter, rate = SlidingWindowCounterRateLimiter(counters), limits.parse("9000/day")
    passed = []

    def ask():
        passed.extend(limiter.hit(rate, "a") for _ in range(2000))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert passed.count(True) == 9000
