"""One try: somebody presses the button while something goes wrong. Did it arrive?"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from akunsub.verify import engines
from benchmarks.laboratory import pages
from benchmarks.laboratory.scenarios import WAY_MS
from tests.faults.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page

    from akunsub.verify.engines import Engine
    from benchmarks.laboratory.scenarios import Scenario
    from benchmarks.peers.sender import Sender
    from tests.faults.client import Lane

#: How long somebody waits on the page before it counts as not arrived.
STAY_S = 60.0
#: After a page that is left, or of what never retries: what is on its way has arrived by then.
GONE_S = 15.0
REVISIT_S = 30.0
#: After an arrival: when a second one would have come. Longer than the longest fault.
SETTLE_S = 12.0
#: On a revisit there is no fault.
SETTLE_ON_REVISIT_S = 5.0
_POLL_S = 0.5
_TIMEOUT_MS = 60_000


class Server(Protocol):
    """Who knows what arrived."""

    url: str

    def arrivals(self, mark: str) -> Sequence[float]: ...

    def received(self, mark: str) -> int: ...


@dataclass
class Trial:
    """
    One try, before and after.

    Attributes:
        pressed_at: Just before the press, seconds since the epoch.
        left_at: When the first visit was over: what arrives later came by the revisit.
        arrivals: When the server took it for one that counts, each time. This SDK's endpoint knows
            a copy by its request_id; of the others' servers we only have the door.
        received: How often it came, copies included.
        fault: Of the laboratory itself: the try says nothing then.
    """

    sender: Sender
    scenario: Scenario
    mark: str
    pressed_at: float = 0
    left_at: float = 0
    arrivals: Sequence[float] = ()
    received: int = 0
    broken: str = ""

    @property
    def is_delivered(self) -> bool:
        return bool(self.arrivals) and self.arrivals[0] <= self.left_at

    @property
    def is_delivered_late(self) -> bool:
        return bool(self.arrivals) and not self.is_delivered

    @property
    def duplicates(self) -> int:
        return max(0, len(self.arrivals) - 1)

    @property
    def taken_s(self) -> float:
        return self.arrivals[0] - self.pressed_at


def run(trial: Trial, engine: Engine, url: str, lane: Lane, server: Server) -> Iterator[float]:
    """Do *trial* on the page at *url*; yields how long there is nothing to do."""
    page = engine.new_page()
    context = page.context
    try:
        _open(page, url)
        yield from _visit(trial, engine, page, lane)
        yield from _wait(trial, server)
        trial.left_at = time.time()
        # Of what never tries again, a second visit knows nothing. What has arrived may come again:
        # the page that was left has not heard of it.
        if trial.sender.retries:
            lane.arm(Fault(delay_ms=WAY_MS))
            is_gone = page.is_closed() or trial.scenario.leaves == "crashes"
            again = context.new_page() if is_gone else page
            _open(again, url)
            yield from _poll(trial, server, REVISIT_S, SETTLE_ON_REVISIT_S)
        trial.arrivals = server.arrivals(trial.mark)
        trial.received = server.received(trial.mark)
    finally:
        engine.close_page(page)
        lane.close()


def _open(page: Page, url: str) -> None:
    page.goto(url, wait_until="commit", timeout=_TIMEOUT_MS)
    page.wait_for_selector(pages.READY, state="attached", timeout=_TIMEOUT_MS)


def _visit(trial: Trial, engine: Engine, page: Page, lane: Lane) -> Iterator[float]:
    scenario = trial.scenario
    context = page.context
    if scenario.blocks_types:
        page.route(
            f"{lane.url}/**",
            lambda route: (
                route.abort()
                if route.request.resource_type in scenario.blocks_types
                else route.continue_()
            ),
        )
    # Somebody looks at the page first: a preconnect is done, a page view sent.
    yield 1.0
    lane.arm(scenario.fault)
    if scenario.offline_s:
        context.set_offline(True)
        # What outlives its page is not bound to Playwright's word.
        lane.arm(Fault(kind="down"))
    trial.pressed_at = time.time()
    engines.press(engine, page, pages.BUTTON)
    if scenario.leaves == "closes":
        page.close()
    if scenario.leaves == "crashes":
        _crash(page)
    if scenario.offline_s:
        yield scenario.offline_s
        lane.arm(scenario.fault)
        context.set_offline(False)


def _crash(page: Page) -> None:
    from playwright.sync_api import Error

    with page.expect_event("crash", timeout=_TIMEOUT_MS), contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=_TIMEOUT_MS)


def _wait(trial: Trial, server: Server) -> Iterator[float]:
    is_over = trial.scenario.leaves != "stays" or not trial.sender.retries
    yield from _poll(trial, server, GONE_S if is_over else STAY_S, SETTLE_S)


def _poll(trial: Trial, server: Server, limit_s: float, settle_s: float) -> Iterator[float]:
    """Wait for an arrival, and then for a second one."""
    began = time.monotonic()
    while time.monotonic() - began < limit_s:
        if server.arrivals(trial.mark):
            yield settle_s
            return
        yield _POLL_S
