"""
What is tried on a page: one visit for each, made when a rule asks for it.

What several rules read is here; what one rule alone tries is in that rule's file, and uses
``visit`` and ``press``.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from akunsub.verify.forwarding import is_for_pixel_host
from akunsub.verify.live import NOT_LIVE
from akunsub.verify.locating import Place, at
from akunsub.verify.looking import Looked, look
from akunsub.verify.model import CannotTellError
from akunsub.verify.observed import Blocked, Confirmed, Opened, Pressed
from akunsub.verify.once import once
from akunsub.verify.page_scripts import LIVE_LINES, SEEN
from akunsub.verify.timer import Cancelled, cancel_in_time
from akunsub.verify.visit import REACTION_S, Visit
from akunsub.verify.visits import Visits, install_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Route

    from akunsub.verify.visit import Asked


#: Timers of a page that wait for longer are not waited for.
LATER_MS = 60_000
# A page that said nothing to the first press is not waited for as long again.
_SILENT_S = 0.4
# How long the first answer is held, while the page is looked at.
_EARLY_S = 0.6
_SOON_S = 0.25


class Evidence(Visits):
    """Everything about one page in one engine."""

    def selector(self) -> str:
        """
        Return the selector of what people press to leave.

        Raises:
            CannotTellError: The page has none that could be found.
        """
        return self._selector("confirm", "nothing to press was found")

    def cancel_selector(self) -> str:
        """
        Return the selector of what people press to stay.

        Raises:
            CannotTellError: The page has none that could be found.
        """
        return self._selector("cancel", "the page offers no way to stay")

    def _selector(self, name: str, otherwise: str) -> str:
        if named := self._named[name]:
            return named
        found = self.opened.facts[name]
        if not found:
            raise CannotTellError(f"{otherwise}; --{name} SELECTOR names it")
        selector: str = found["selector"]
        return selector

    def place(self) -> Place:
        """Return where that is, for a finding."""
        found = self.opened.facts["confirm"]
        return at(found) if found else {"selector": self._named["confirm"], "snippet": ""}

    def success_lines(self) -> list[str]:
        """
        Return what the page says when somebody has left.

        Without what it said already while the call was not answered, if it said more then.

        Raises:
            CannotTellError: A press does not unsubscribe, or the page says nothing.
        """
        done = self.confirmed
        if done.status != "unsubscribed" and not any(c["verdict"] == "good" for c in done.calls):
            raise CannotTellError("no press of this tool unsubscribed anybody")
        if not done.new_lines:
            raise CannotTellError("the page does not say when somebody has left")
        return [one for one in done.new_lines if one not in done.early_lines] or done.new_lines

    def is_for_sdk(self, url: str) -> bool:
        """Is *url* that of the SDK, one of its calls, or of the host that it is loaded from?"""
        hosts = {urlsplit(one["src"]).netloc for one in self.opened.facts["scripts"]}
        return is_for_pixel_host(url) or urlsplit(url).netloc in hosts

    def requests(self) -> list[Asked]:
        """Return what the page asks for, as it is opened and when people press."""
        pressed = self.confirmed.requests if self.opened.can_be_pressed else []
        return [*self.opened.requests, *pressed]

    def check_press_sends(self) -> None:
        """
        Raise what a rule says that needs a press to send something.

        Raises:
            CannotTellError: It does not.
        """
        if not self.confirmed.calls:
            raise CannotTellError("the press sends nothing")

    @once
    def opened(self) -> Opened:
        """Nobody acts; a minute passes for the page, and it is left again."""
        with self.visit_first(before=install_clock) as seen:
            facts, html = self.facts(seen), seen.page.content()
            lines = seen.lines()
            errors, scripts = list(seen.errors), seen.scripts()
            selector = self._named["confirm"] or (facts["confirm"] or {}).get("selector", "")
            can_be_pressed = bool(selector) and seen.can_be_pressed(selector)
            url = seen.page.url
            # Before the picture, for which Playwright adds a style to the page.
            violations = seen.evaluate(SEEN)["violations"]
            self.picture(seen, "as it is opened")
            seen.page.clock.fast_forward(LATER_MS)
            seen.page.wait_for_timeout(100)
            errors += [error for error in seen.errors if error not in errors]
            seen.leave()
            return Opened(
                facts,
                html,
                seen.headers,
                lines,
                calls=seen.wait_for_call(_SOON_S),
                errors=errors,
                requests=seen.requests,
                scripts=scripts,
                violations=violations,
                can_be_pressed=can_be_pressed,
                url=url,
            )

    @once
    def confirmed(self) -> Confirmed:
        """
        A person presses; the answer comes, though not at once.

        Then the person opens the page again and presses again. With --live, there is one press.
        """
        self.opened  # noqa: B018  a visit of its own
        waiting: list[Route] = []

        def hold(route: Route) -> None:
            if is_held:
                waiting.append(route)
            else:
                route.fallback()

        is_held = True
        with self.visit_first(on_call=hold) as seen:
            before = seen.lines()
            seen.press(self.selector())
            began = time.monotonic()
            if seen.wait_until(lambda: bool(waiting), REACTION_S):
                self.reaction_s = min(max(3 * (time.monotonic() - began), _SOON_S), REACTION_S)
            early = seen.wait_for_lines(before, _EARLY_S) if waiting else []
            unanswered = seen.lines()
            is_held = False
            for route in waiting:
                route.fallback()
            if waiting:
                seen.wait_for_call(REACTION_S)
            seen.wait_for_lines(unanswered, REACTION_S)
            pressed = self.described(seen, before)
            self._is_silent = not pressed.new_lines
            self.picture(seen, "after the press")
            again = None if self.endpoint.is_live else self._again(seen, pressed)
            return Confirmed(**vars(pressed), early_lines=early, again=again)

    def _again(self, seen: Visit, first: Pressed) -> Pressed | None:
        if not any(call["verdict"] == "good" for call in first.calls):
            return None
        seen.reopen(self.plan.url)
        seen.since = first.calls[-1]["id"]
        # A page may say "already" by itself, with nothing left to press.
        seen.wait_for_lines(self.opened.lines, self.reaction_s)
        if not seen.page.locator(self.selector()).first.is_visible():
            return self.described(seen, self.opened.lines)
        return self.press(seen)

    @once
    def blocked(self) -> Blocked:
        """
        A person presses, and no call gets through, as with a blocklist or without a network.

        A minute passes; then the network is there, and the person opens the page again.
        """
        self.check_press_sends()
        aborted: list[str] = []

        def abort(route: Route) -> None:
            if not is_over:
                aborted.append(route.request.url)
                route.abort("blockedbyclient")
            else:
                route.fallback()

        is_over = False
        with self.visit(on_call=abort, before=install_clock) as seen:
            before = seen.lines()
            self.press(seen, call_s=0)
            for _ in range(12):  # a retry only comes after the one before has failed
                seen.page.clock.fast_forward(LATER_MS // 12)
                seen.page.wait_for_timeout(20)
            if not aborted:
                raise CannotTellError("the press sends nothing")
            seen.wait_for_lines(seen.lines(), _SOON_S)
            pressed = self.described(seen, before)
            self.picture(seen, "after a press that did not get through")
            seen.leave()
            is_over = True
            seen.reopen(self.plan.url)
            seen.wait_for_call(1)
            return Blocked(**vars(pressed), later_calls=seen.calls())

    @once
    def looked(self) -> Looked:
        """Somebody looks at the page, large and small, and presses nothing."""
        return look(self)

    @once
    def cancelled(self) -> Cancelled:
        """A person has pressed the link in the mail, and wants to stay after all."""
        return cancel_in_time(self)

    @contextmanager
    def visit(self, *, presses: bool = True, **options: Any) -> Iterator[Visit]:  # noqa: ANN401
        """
        Visit the page, see ``visit``, and keep the calls: the next visit resets the endpoint.

        Args:
            presses: It is more than a look at the page.
            options: As for ``visit``.

        Raises:
            CannotTellError: It is, and the endpoint is the real one.
        """
        if presses and self.endpoint.is_live:
            raise CannotTellError(NOT_LIVE)
        self.opened  # noqa: B018  what a visit reads of it would be a visit within this one
        with self.visit_first(**options) as seen:
            yield seen

    def press(
        self,
        seen: Visit,
        selector: str = "",
        *,
        call_s: float = REACTION_S,
        say_s: float | None = None,
        once_sent: Callable[[], None] = lambda: None,
    ) -> Pressed:
        """
        Press, wait for what comes of it, and tell it.

        Args:
            seen: Where.
            selector: What lets people leave, if empty.
            call_s: How long a call is waited for.
            say_s: How long the page's words are waited for; ``None``: as the first press told.
            once_sent: Done when the call has come, or does not.
        """
        selector = selector or self.selector()
        if say_s is None:
            say_s = _SILENT_S if self._is_silent else REACTION_S
        before = seen.lines()
        seen.press(selector)
        if call_s:
            seen.wait_for_call(call_s)
        once_sent()
        seen.wait_for_lines(before, say_s if call_s else min(say_s, 1))
        return self.described(seen, before)

    def described(self, seen: Visit, before: list[str]) -> Pressed:
        """Tell what came of a press; the page showed *before* when it was made."""
        told = seen.evaluate(LIVE_LINES, self.opened.facts["live"])
        noted = seen.evaluate(SEEN)
        return Pressed(
            [line for line in seen.lines() if line not in before],
            seen.calls(),
            self.endpoint.state(self.plan.smid)["status"],
            told,
            [one["selector"] for one in self.facts(seen)["ways"]],
            seen.page.url,
            noted["sends"],
            noted["violations"],
            seen.requests,
        )
