"""Visits to one page in one engine, and what is kept of all of them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from akunsub.verify.model import Screenshot
from akunsub.verify.once import Outcomes
from akunsub.verify.page_scripts import FACTS
from akunsub.verify.visit import REACTION_S, Plan, Visit, visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from akunsub.verify.endpoint import Endpoint
    from akunsub.verify.engines import Engine
    from akunsub.verify.live import LiveEndpoint
    from akunsub.verify.page_scripts import Facts


@dataclass
class Notes:
    """
    What is known of one page in one engine, whichever browser has seen it.

    Attributes:
        outcomes: What was tried once for all rules.
        reaction_s: How long the page can take to send something.
        is_silent: It said nothing to the first press.
        calls: Every confirm and cancel of all visits so far.
        screenshots: As far as they are wanted.
    """

    outcomes: Outcomes = field(default_factory=Outcomes)
    reaction_s: float = REACTION_S
    is_silent: bool = False
    calls: list[dict[str, Any]] = field(default_factory=list)
    screenshots: list[Screenshot] = field(default_factory=list)


class Visits:
    """
    One page in one browser.

    Args:
        engine: The browser.
        endpoint: Reset before each visit.
        plan: What is opened.
        notes: What the browsers that look at the page together have seen.
        confirm: Selector of what lets people leave; found by itself if empty.
        cancel: Selector of what lets them stay while the timer runs; found by itself if empty.
    """

    def __init__(
        self,
        engine: Engine,
        endpoint: Endpoint | LiveEndpoint,
        plan: Plan,
        notes: Notes,
        *,
        confirm: str = "",
        cancel: str = "",
    ) -> None:
        self.engine = engine
        self.endpoint = endpoint
        self.plan = plan
        self.notes = notes
        self._named = {"confirm": confirm, "cancel": cancel}
        self._is_visiting = False

    @property
    def outcomes(self) -> Outcomes:
        return self.notes.outcomes

    @contextmanager
    def visit_first(self, **options: Any) -> Iterator[Visit]:  # noqa: ANN401
        """Visit the page, see ``visit``, and keep the calls: the next visit resets the endpoint."""
        assert not self._is_visiting, "a visit within a visit would reset the endpoint"  # noqa: S101  # nosec B101  # never false, or in tests of others only
        self._is_visiting = True
        try:
            with visit(self.engine, self.endpoint, self.plan, **options) as seen:
                try:
                    yield seen
                finally:
                    self.notes.calls += self.endpoint.calls()
        finally:
            self._is_visiting = False

    def facts(self, seen: Visit) -> Facts:
        """Return what page_facts.js sees on the page now."""
        found: Facts = seen.evaluate(FACTS, self._named)
        return found

    def picture(self, seen: Visit, title: str) -> None:
        """Keep what a person sees now, if pictures are wanted."""
        if self.plan.takes_screenshots:
            self.notes.screenshots.append(Screenshot(title, seen.page.screenshot()))


def install_clock(page: Page) -> None:
    """Let time be moved on *page*."""
    page.clock.install()
