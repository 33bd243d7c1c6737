"""
The network fails on a press, in every way there is a fault for: the person is unsubscribed, once.

The cases mostly wait: all of them run side by side, each on a page of its own.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.faults.fault import Fault
from tests.faults.visit import DONE, SAVED


@dataclass(frozen=True)
class Case:
    """
    A press under a fault.

    Attributes:
        arrivals: What became of each request at the proxy, in order: its fault, and did it reach
            the server? None: as many as there is time for, and none of them did.
        told: What the page says in the end.
        pause_s: Between the first answer and the second request, at least.
        headers: Of the page.
    """

    name: str
    fault: Fault
    arrivals: list[tuple[str, bool]] | None
    told: str = DONE
    pause_s: float = 0
    headers: dict[str, str] | None = None

    @property
    def is_saved(self) -> bool:
        return self.told == SAVED

    def __str__(self) -> str:
        return self.name


def fails(kind, times, *, reached=False, **facts):
    """The fault happens so many times, then nothing is wrong."""
    fault = Fault(kind=kind, times=times, **facts)
    return fault, [(kind, reached)] * times + [("pass", True)]


CASES = [
    Case("ok", Fault(), [("pass", True)]),
    Case("dropped before the server, once", *fails("drop_before", 1)),
    Case("dropped before the server, twice", *fails("drop_before", 2)),
    Case("answer lost", *fails("drop_after", 1, reached=True)),
    Case("answer cut off", *fails("cut", 1, reached=True)),
    Case("503 once", *fails("status", 1)),
    Case("503 twice", *fails("status", 2)),
    Case("500", *fails("status", 1, status=500)),
    Case("408", *fails("status", 1, status=408)),
    Case("429, in 2 s", *fails("status", 1, status=429, retry_after="2"), pause_s=2),
    Case("503 that the page cannot read", *fails("status", 1, cors=False)),
    Case("answer hangs 10 s", *fails("hang", 1, reached=True, wait_s=10)),
    Case("request hangs 10 s", *fails("hold", 1, reached=True, wait_s=10)),
    Case("answer comes in bits for 12 s", *fails("trickle", 1, reached=True, wait_s=12)),
    Case("answer comes in bits for 3 s", Fault(kind="trickle", wait_s=3), [("trickle", True)]),
    # Below the 8 s of one try.
    Case("black hole, 6 s", Fault(kind="black_hole", for_s=6), [("black_hole", True)]),
    Case("down, 6 s", Fault(kind="down", for_s=6), [("pass", True)]),
    Case("captive portal, for two tries", *fails("captive_portal", 2)),
    Case("captive portal that the page cannot read", *fails("captive_portal", 1, cors=False)),
    Case(
        "403",
        Fault(kind="status", status=403),
        [("status", False)],
        told="failed: refused",
    ),
    Case("black hole for ever", Fault(kind="black_hole"), None, told=SAVED),
    Case("down for ever", Fault(kind="down"), [], told=SAVED),
    Case("503 for ever", Fault(kind="status"), None, told=SAVED),
    Case("captive portal for ever", Fault(kind="captive_portal"), None, told=SAVED),
    Case(
        "CSP that forbids the host",
        Fault(),
        [],
        told=SAVED,
        headers={"Content-Security-Policy": "connect-src 'none'"},
    ),
]


@pytest.fixture(scope="module")
def visits(request, new_visit):
    """Each case pressed, all of them under way."""
    wanted = {
        item.callspec.params["case"].name
        for item in request.session.items
        if "case" in getattr(getattr(item, "callspec", None), "params", ())
    }
    with ExitStack() as opened:
        begun = {}
        # Those that wait longest first.
        for case in sorted(CASES, key=lambda case: case.told == DONE):
            if case.name in wanted:
                visit = opened.enter_context(new_visit())
                visit.publish(headers=case.headers).open()
                visit.armed_at = time.time()
                visit.lane.arm(case.fault)
                begun[case.name] = visit.press()
        yield begun


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_press_is_stored_once_and_told_for_what_it_is(visits, case):
    visit = visits[case.name]

    visit.wait_until_told(case.told)

    assert visit.told() == ["sending", case.told]
    assert visit.has_way_out() == (case.told != DONE)
    assert_arrivals(visit.lane, case)
    if case.told == DONE:
        visit.assert_stored_once()
        assert visit.told_at(DONE) >= visit.stored_at()
        assert visit.stored_at() >= visit.armed_at + (case.fault.for_s or 0)
    else:
        assert visit.stored() == []
    assert visit.is_kept() == case.is_saved
    if case.is_saved:
        assert_next_visit_delivers(visit)


def assert_arrivals(lane, case):
    def arrivals():
        return [(one["fault"], one["reached"]) for one in lane.requests]

    if case.arrivals is None:  # the page goes on trying while it is open
        assert len(arrivals()) >= 2
        assert set(arrivals()) == {(case.fault.kind, False)}
    else:
        lane.wait(lambda lane: all(one["end"] for one in lane.requests))
        assert arrivals() == case.arrivals
    if case.pause_s:
        answered, again = lane.requests
        assert again["at"] - answered["answered_at"] >= case.pause_s


def assert_next_visit_delivers(visit):
    visit.leave()
    visit.lane.arm(Fault())
    visit.publish().open()

    visit.wait_until_late()

    visit.assert_stored_once()
    assert not visit.is_kept()
