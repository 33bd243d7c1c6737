"""What is tried once is tried once, in however many threads it is asked for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from akunsub.verify.once import Outcomes, once


class Tried:
    def __init__(self, outcomes):
        self.outcomes = outcomes
        self.times = 0

    @once
    def found(self):
        """Nothing is found twice."""
        self.times += 1
        return object()

    @once
    def lost(self):
        self.times += 1
        raise LookupError("nothing is here")


def test_it_is_worked_out_once():
    tried = Tried(Outcomes())

    assert tried.found is tried.found
    assert tried.times == 1


def test_what_ended_with_an_exception_does_so_again_without_another_try():
    tried = Tried(Outcomes())

    for _ in range(2):
        with pytest.raises(LookupError, match="nothing is here"):
            tried.lost  # noqa: B018
    assert tried.times == 1


def test_who_shares_outcomes_finds_the_same():
    outcomes = Outcomes()
    first, second = Tried(outcomes), Tried(outcomes)

    assert first.found is second.found
    assert (first.times, second.times) == (1, 0)
    assert Tried(Outcomes()).found is not first.found


@pytest.mark.parametrize("error", [None, LookupError("nothing is here")])
def test_who_asks_meanwhile_waits(error):
    outcomes, has_begun, may_end = Outcomes(), threading.Event(), threading.Event()

    def work_out():
        has_begun.set()
        assert may_end.wait(10)
        if error:
            raise error
        return "found"

    def never():
        raise AssertionError("it was tried twice")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(outcomes.of, "it", work_out)
        assert has_begun.wait(10)
        second = threads.submit(outcomes.of, "it", never)
        assert not first.done()
        assert not second.done()
        may_end.set()

        for one in (first, second):
            assert one.exception(10) is error
            assert error or one.result() == "found"
