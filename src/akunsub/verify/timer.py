"""
The delayed mode: the link in the mail starts a timer, and until it is over people can stay.

The browser's clock and the endpoint's are moved together.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from akunsub.verify.model import CannotTellError
from akunsub.verify.page_scripts import LIVE_LINES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from akunsub.verify.evidence import Evidence
    from akunsub.verify.observed import Pressed
    from akunsub.verify.visit import Visit

#: The longest that a resource can have, and the one that is tried.
TIMER_S = 1800
_START = datetime(2026, 1, 1, 12, tzinfo=UTC)
_LISTENED_S = 4
_SETTLED_S = 0.3


@dataclass(frozen=True)
class Cancelled:
    """
    Somebody pressed what lets people stay, one second before the time was over.

    Attributes:
        is_visible: It could be pressed; otherwise it was not, and nothing came of it.
        spoken: What a screen reader was told in each of some seconds before.
        pressed: What came of it.
    """

    is_visible: bool
    spoken: list[list[str]]
    pressed: Pressed


def check_has_timer(evidence: Evidence) -> None:
    """
    Raise what a rule about the timer says where there is none.

    Raises:
        CannotTellError: The resource's mode is another, or the page offers no way to stay.
    """
    if evidence.plan.mode not in {"", "delayed"}:
        raise CannotTellError(f"the resource's mode is {evidence.plan.mode}, without a timer")
    evidence.cancel_selector()


def cancel_in_time(evidence: Evidence) -> Cancelled:
    """Press what lets people stay at 29:59 of 30:00."""
    with _while_timer_runs(evidence) as seen:
        spoken = []
        for _ in range(_LISTENED_S):
            seen.page.clock.fast_forward(1000)
            seen.page.wait_for_timeout(20)
            spoken.append(seen.evaluate(LIVE_LINES, evidence.opened.facts["live"]))
        evidence.picture(seen, "while the timer runs")
        is_visible, pressed = _cancel_at(evidence, seen, TIMER_S - 1)
        return Cancelled(is_visible, spoken, pressed)


def cancel_late(evidence: Evidence) -> Iterator[tuple[str, Pressed]]:
    """Press what lets people stay at 30:00 and at 30:01, where it is still there."""
    with _while_timer_runs(evidence) as seen:
        opening_s = _opening_s(seen)
        was_there, pressed = _cancel_at(evidence, seen, TIMER_S, opening_s)
        # Where there was nothing to press, the same visit does for the other moment.
        after = None if was_there else _cancel_at(evidence, seen, TIMER_S + 1, opening_s)
    if was_there:
        yield "30:00", pressed
    if after is None:
        with _while_timer_runs(evidence) as seen:
            after = _cancel_at(evidence, seen, TIMER_S + 1, _opening_s(seen))
    is_there, pressed = after
    if is_there:
        yield "30:01", pressed


@contextmanager
def _while_timer_runs(evidence: Evidence) -> Iterator[Visit]:
    check_has_timer(evidence)

    def start(page: Page) -> None:
        endpoint = evidence.endpoint
        endpoint.set_resource(*evidence.plan.resource, mode="delayed", timer_seconds=TIMER_S)
        endpoint.stand_at(_START.isoformat())
        endpoint.open_link(evidence.plan.smid)
        page.clock.install(time=_START)

    with evidence.visit(before=start) as seen:
        # A page asks for the state when it is opened: it has its chance to show what it offers.
        seen.wait_for_visible(evidence.cancel_selector())
        yield seen


def _opening_s(seen: Visit) -> float:
    """Return by how much the page's clock can be ahead: it ran while the page was opened."""
    now: int = seen.evaluate("Date.now()")
    return now / 1000 - _START.timestamp()


def _cancel_at(
    evidence: Evidence, seen: Visit, second: int, opening_s: float = 0
) -> tuple[bool, Pressed]:
    selector = evidence.cancel_selector()
    now = _START + timedelta(seconds=second)
    evidence.endpoint.stand_at(now.isoformat())
    seen.page.clock.pause_at(now + timedelta(seconds=opening_s))
    if second < TIMER_S:
        seen.settle(_SETTLED_S)
        is_visible = seen.page.locator(selector).first.is_visible()
    else:
        is_visible = not seen.wait_for_hidden(selector)
    if not is_visible:
        return False, evidence.described(seen, seen.lines())
    return True, evidence.press(seen, selector, once_sent=seen.page.clock.resume)
