"""A press with which nothing goes wrong; and the next one, once the page is opened again."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from akunsub.verify.forwarding import is_call
from akunsub.verify.observed import Confirmed
from akunsub.verify.visit import REACTION_S

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from akunsub.verify.evidence import Evidence
    from akunsub.verify.observed import Pressed
    from akunsub.verify.visit import Visit

# How long the first answer is held, while the page is looked at.
_EARLY_S = 0.6
_SOON_S = 0.25


def press_confirm(evidence: Evidence) -> Confirmed:
    """
    Press, and answer, though not at once; then open the page again and press again.

    A page may ask by itself whether its call has arrived, and give up while that is held. So when
    a page asks for anything else, what it says in the end only counts if it says so unheld, too.
    With --live, there is one press.
    """
    held, asks = _press_held(evidence)
    says = set(held.new_lines) - set(held.early_lines) or set(held.new_lines)
    if evidence.endpoint.is_live or not (asks and says):
        return held
    unheld = _press_unheld(evidence, says)
    if says & set(unheld.new_lines):
        return held
    return replace(unheld, early_lines=held.early_lines)


def _press_held(evidence: Evidence) -> tuple[Confirmed, bool]:
    """Return what came of it, and whether the page asked for more than its call."""
    waiting: list[Route] = []
    is_over = False

    def hold(route: Route) -> None:
        if is_over:
            route.fallback()
        else:
            waiting.append(route)

    def hold_what_follows(route: Route) -> None:
        # A page that asks whether its call has arrived hears that after we have looked.
        if waiting and route.request.resource_type in {"fetch", "xhr"}:
            hold(route)
        else:
            route.fallback()

    with evidence.visit_first(on_call=hold) as seen:
        seen.page.route("**/*", hold_what_follows)
        before, asked = seen.lines(), len(seen.requests)
        seen.press(evidence.selector())
        began = time.monotonic()
        early: list[str] = []
        if seen.wait_until(lambda: bool(waiting), REACTION_S):
            took_s = time.monotonic() - began
            evidence.notes.reaction_s = min(max(3 * took_s, _SOON_S), REACTION_S)
            early = seen.wait_for_lines(before, _EARLY_S)
        unanswered = seen.lines()
        is_over = True
        for route in waiting:
            route.fallback()
        if waiting:
            seen.wait_for_call(REACTION_S)
        seen.wait_for_lines(unanswered, REACTION_S)
        asks = any(not is_call(request.url) for request in seen.requests[asked:])
        return _confirmed(evidence, seen, before, early), asks


def _press_unheld(evidence: Evidence, said: set[str]) -> Confirmed:
    with evidence.visit_first() as seen:
        before = seen.lines()
        seen.press(evidence.selector())
        seen.wait_until(lambda: not said.isdisjoint(seen.lines()), REACTION_S)
        return _confirmed(evidence, seen, before, [])


def _confirmed(
    evidence: Evidence, seen: Visit, before: list[str], early_lines: list[str]
) -> Confirmed:
    pressed = evidence.described(seen, before)
    evidence.notes.is_silent = not pressed.new_lines
    evidence.picture(seen, "after the press")
    again = None if evidence.endpoint.is_live else _press_again(evidence, seen, pressed)
    return Confirmed(**vars(pressed), early_lines=early_lines, again=again)


def _press_again(evidence: Evidence, seen: Visit, first: Pressed) -> Pressed | None:
    if not any(call["verdict"] == "good" for call in first.calls):
        return None
    seen.reopen(evidence.plan.url)
    seen.since = first.calls[-1]["id"]
    # A page may say "already" by itself, with nothing left to press.
    seen.wait_for_lines(evidence.opened.lines, evidence.notes.reaction_s)
    if not seen.page.locator(evidence.selector()).first.is_visible():
        return evidence.described(seen, evidence.opened.lines)
    return evidence.press(seen)
