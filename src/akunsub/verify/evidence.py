"""
What is tried on a page: one visit for each, made when a rule asks for it.

What several rules read is here; what one rule alone tries is in that rule's file, and uses
``visit`` and ``press``.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from akunsub.verify.blocking import press_blocked
from akunsub.verify.confirming import press_confirm
from akunsub.verify.forwarding import is_for_pixel_host
from akunsub.verify.hardships import endures_all
from akunsub.verify.live import NOT_LIVE
from akunsub.verify.locating import Place, at
from akunsub.verify.looking import Looked, look
from akunsub.verify.model import CannotTellError
from akunsub.verify.observed import Blocked, Confirmed, Opened, Pressed
from akunsub.verify.once import once
from akunsub.verify.page_scripts import LIVE_LINES, SEEN
from akunsub.verify.timer import Cancelled, cancel_in_time
from akunsub.verify.visit import LATER_MS, REACTION_S, Visit
from akunsub.verify.visits import Visits, install_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from akunsub.verify.visit import Asked


# A page that said nothing to the first press is not waited for as long again.
_SILENT_S = 0.4
_SOON_S = 0.25


class Evidence(Visits):
    """Everything about one page in one engine, for the browser that asks."""

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
        """A person presses, opens the page again and presses again; nothing goes wrong."""
        self.opened  # noqa: B018  a visit of its own
        return press_confirm(self)

    @once
    def blocked(self) -> Blocked:
        """A person presses, and no call gets through; the next time it does."""
        return press_blocked(self)

    @once
    def endures(self) -> bool:
        """A press arrives in spite of all of hardships.py at once."""
        return endures_all(self)

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
            say_s = _SILENT_S if self.notes.is_silent else REACTION_S
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
