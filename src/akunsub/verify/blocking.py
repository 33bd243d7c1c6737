"""A press of which nothing gets through, as with a blocklist or without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import CannotTellError
from akunsub.verify.observed import Blocked
from akunsub.verify.visit import LATER_MS
from akunsub.verify.visits import install_clock

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from akunsub.verify.evidence import Evidence

_STEPS = 8
_SETTLED_S = 1


def press_blocked(evidence: Evidence) -> Blocked:
    """
    Press, and let a minute pass; then the network is there, and the person opens the page again.

    Raises:
        CannotTellError: The press sends nothing.
    """
    evidence.check_press_sends()
    aborted: list[str] = []

    def abort(route: Route) -> None:
        if not is_over:
            aborted.append(route.request.url)
            route.abort("blockedbyclient")
        else:
            route.fallback()

    is_over = False
    with evidence.visit(on_call=abort, before=install_clock) as seen:
        before = seen.lines()
        evidence.press(seen, call_s=0)
        for _ in range(_STEPS):  # a retry only comes after the one before has failed
            seen.page.clock.fast_forward(LATER_MS // _STEPS)
            seen.page.wait_for_timeout(20)
        if not aborted:
            raise CannotTellError("the press sends nothing")
        seen.settle(_SETTLED_S)
        pressed = evidence.described(seen, before)
        evidence.picture(seen, "after a press that did not get through")
        seen.leave()
        is_over = True
        seen.reopen(evidence.plan.url)
        seen.wait_for_call(1)
        return Blocked(**vars(pressed), later_calls=seen.calls())
