"""
What is tried on a page, and what came of it: one visit for each, made when a rule asks for it.

Rules read this and try nothing themselves, so that several share a visit.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from akunsub.verify.engines import press_key
from akunsub.verify.forwarding import forward
from akunsub.verify.locating import Place, at
from akunsub.verify.model import CannotTellError
from akunsub.verify.page_scripts import (
    HAS_FOCUS,
    LIVE_LINES,
    PRESS_BY_SCRIPT,
    Facts,
    read_facts,
)
from akunsub.verify.visit import REACTION_S, Plan, Visit, visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Route

    from akunsub.verify.endpoint import Endpoint
    from akunsub.verify.engines import Engine

#: Timers of a page that wait for longer are not waited for.
LATER_MS = 60_000
_MAX_TABS = 60


@dataclass(frozen=True)
class Opened:
    """The page was opened, and nobody did anything, for a minute of its own time."""

    facts: Facts
    html: str
    headers: dict[str, str]
    lines: list[str]
    calls: list[dict[str, Any]]
    errors: list[str]
    requests: list[tuple[str, str]]


@dataclass(frozen=True)
class Pressed:
    """
    Somebody pressed what lets people leave.

    Attributes:
        new_lines: What the page shows then and did not before.
        calls: What the endpoint got.
        status: Of the subscription, afterwards.
        live_lines: Lines that a screen reader is told: in a live region of the page as it loaded.
        ways: Selectors of the visible links that lead elsewhere.
    """

    new_lines: list[str]
    calls: list[dict[str, Any]]
    status: str
    live_lines: list[str]
    ways: list[str]


class Evidence:
    """
    Everything about one page in one engine.

    Args:
        engine: The browser.
        endpoint: Reset before each visit.
        plan: What is opened.
        confirm: Selector of what lets people leave; found by itself if empty.
    """

    def __init__(
        self,
        engine: Engine,
        endpoint: Endpoint,
        plan: Plan,
        *,
        confirm: str = "",
    ) -> None:
        self.engine = engine
        self.endpoint = endpoint
        self.plan = plan
        self._confirm = confirm
        #: Every confirm and cancel of all visits so far.
        self.calls: list[dict[str, Any]] = []

    def selector(self) -> str:
        """
        Return the selector of what people press to leave.

        Raises:
            CannotTellError: The page has none that could be found.
        """
        if self._confirm:
            return self._confirm
        found = self.opened.facts["confirm"]
        if not found:
            raise CannotTellError("nothing to press was found; --confirm SELECTOR names it")
        selector: str = found["selector"]
        return selector

    def has_confirm(self) -> bool:
        """Is there something to press?"""
        return bool(self._confirm or self.opened.facts["confirm"])

    def place(self) -> Place:
        """Return where that is, for a finding."""
        if self._confirm:
            return {"selector": self._confirm, "snippet": ""}
        found = self.opened.facts["confirm"]
        return at(found) if found else {"selector": "", "snippet": ""}

    def success_lines(self) -> list[str]:
        """
        Return what the page says when somebody has left, and only then.

        Raises:
            CannotTellError: A press does not unsubscribe, or the page says nothing.
        """
        done = self.confirmed
        if done.status != "unsubscribed" and not any(c["verdict"] == "good" for c in done.calls):
            raise CannotTellError("no press of this tool unsubscribed anybody")
        if not done.new_lines:
            raise CannotTellError("the page does not say when somebody has left")
        return done.new_lines

    @cached_property
    def opened(self) -> Opened:
        """Nobody acts; a minute passes for the page."""
        with self._visit(before=_install_clock) as seen:
            facts, html = read_facts(seen.page), seen.page.content()
            lines = seen.lines()
            seen.page.clock.fast_forward(LATER_MS)
            seen.page.wait_for_timeout(100)
            calls = seen.calls(wait_s=0.3)
            return Opened(facts, html, seen.headers, lines, calls, seen.errors, seen.requests)

    @cached_property
    def confirmed(self) -> Pressed:
        """A person presses, and nothing goes wrong."""
        with self._visit() as seen:
            return self._press(seen)

    @cached_property
    def confirmed_again(self) -> Pressed:
        """A person opens the page again, having left by it, and presses again."""
        with self._visit() as seen:
            first = self._press(seen)
            if not first.calls:
                raise CannotTellError("the first press sent nothing")
            seen.page.reload()
            seen.since = first.calls[-1]["id"]
            # A page may say "already" by itself, with nothing left to press.
            seen.wait_for_lines(self.opened.lines, 1)
            if not seen.page.locator(self.selector()).first.is_visible():
                return self._described(seen, self.opened.lines)
            return self._press(seen)

    @cached_property
    def held(self) -> Pressed:
        """A person presses, and the answer is not there yet."""
        waiting: list[Route] = []
        with self._visit(on_call=waiting.append) as seen:
            pressed = self._press(seen, wait_s=0)
            if not waiting:
                raise CannotTellError("the press sends nothing")
            for route in waiting:
                forward(route, self.endpoint.url)
            return pressed

    @cached_property
    def blocked(self) -> Pressed:
        """A person presses, and no call gets through, as with a blocklist; a minute passes."""
        aborted: list[Route] = []

        def abort(route: Route) -> None:
            aborted.append(route)
            route.abort("blockedbyclient")

        with self._visit(on_call=abort, before=_install_clock) as seen:
            before = seen.lines()
            self._press(seen, wait_s=0)
            for _ in range(12):  # a retry only comes after the one before has failed
                seen.page.clock.fast_forward(LATER_MS // 12)
                seen.page.wait_for_timeout(20)
            if not aborted:
                raise CannotTellError("the press sends nothing")
            seen.wait_for_lines(seen.lines(), 0.5)
            return self._described(seen, before)

    @cached_property
    def refused(self) -> Pressed:
        """A person presses, and the endpoint says no."""
        with self._visit() as seen:
            account_id, resource_id = self.plan.resource
            self.endpoint.set_resource(
                account_id, resource_id, mode="prevented", reason="This is a test of a refusal."
            )
            return self._press(seen)

    @cached_property
    def scripted(self) -> Pressed:
        """A script presses, in both ways that scripts can, and calls the class itself."""
        selector = self.selector()
        with self._visit() as seen:
            before = seen.lines()
            seen.page.evaluate(PRESS_BY_SCRIPT, [selector, self.plan.smid])
            seen.wait_for_lines(before, 1)
            seen.calls(wait_s=0.5)
            return self._described(seen, before)

    @cached_property
    def axe(self) -> list[dict[str, Any]]:
        """What axe-core finds on the page as it was opened: its violations."""
        from axe_playwright_python.sync_playwright import Axe

        if (self.engine.kind, self.engine.name) == ("system", "webkit"):
            # 560 kB; WebKitGTK 2.50.6 hangs up on messages of more than 128 KiB.
            raise CannotTellError("axe-core is more than WebKitGTK's inspector takes at once")
        with self._visit() as seen:
            found: list[dict[str, Any]] = Axe().run(seen.page).response["violations"]
            return found

    @cached_property
    def by_keyboard(self) -> tuple[bool, Pressed]:
        """A person has no pointer. Did the focus come there; and what came of it."""
        selector = self.selector()
        with self._visit() as seen:
            before = seen.lines()
            for _ in range(_MAX_TABS):
                press_key(self.engine, seen.page, "Tab")
                if seen.page.evaluate(HAS_FOCUS, selector):
                    break
            else:
                return False, self._described(seen, before)
            for key in ("Enter", "Space"):
                press_key(self.engine, seen.page, key)
                seen.wait_for_call(1)
                if seen.calls():
                    break
            return True, self._described(seen, before)

    @cached_property
    def too_wide(self) -> list[Place]:
        """On a page of 320 pixels: what sticks out of it, if it scrolls sideways."""
        size = {"width": 320, "height": 640}
        try:
            with self._visit(viewport=size) as seen:
                return [at(one) for one in read_facts(seen.page)["tooWide"]]
        except ValueError as error:
            raise CannotTellError(str(error)) from error

    @contextmanager
    def _visit(self, **options: Any) -> Iterator[Visit]:  # noqa: ANN401
        """Visit the page, see ``visit``, and keep the calls: the next visit resets the endpoint."""
        with visit(self.engine, self.endpoint, self.plan, **options) as seen:
            try:
                yield seen
            finally:
                self.calls += self.endpoint.calls()

    def _press(self, seen: Visit, *, wait_s: float = REACTION_S) -> Pressed:
        selector = self.selector()
        before = seen.lines()
        seen.press(selector)
        if wait_s:
            seen.wait_for_call(wait_s)
        seen.wait_for_lines(before, REACTION_S if wait_s else 1)
        return self._described(seen, before)

    def _described(self, seen: Visit, before: list[str]) -> Pressed:
        told = seen.page.evaluate(LIVE_LINES, self.opened.facts["live"])
        return Pressed(
            [line for line in seen.lines() if line not in before],
            seen.calls(),
            self.endpoint.state(self.plan.smid)["status"],
            told,
            [one["selector"] for one in read_facts(seen.page)["ways"]],
        )


def _install_clock(page: Page) -> None:
    page.clock.install()
