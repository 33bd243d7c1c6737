"""
The endpoint's own pages for people: notices, the page to confirm on, the subscription manager.

They say what is stored and no more, in the resource's language, and need no script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request

from akunsub.pixel.language import choose_language
from akunsub.pixel.pages import SCRIPT_CSP, page_response
from akunsub.platform import ids
from akunsub.platform.rules import RESULTS, RESUME, SUSPEND, SUSPEND_DAYS
from akunsub.platform.state import row_of, seconds_left
from akunsub.platform.statuses import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flask import Response

    from akunsub.platform.resources import Category, Resource
    from akunsub.platform.subscriptions import Subscription

# What came of something. Each has a text in every language: see ``notice.*`` there.
_GOOD_WORDS = (
    *("unsubscribed", "already", "pending", "saved", "kept", "as_before"),
    *("resumed", "suspended", "stored"),
)
# What only a script can meet comes last.
_BAD_WORDS = (
    *("prevented", "unknown_link", "too_late", "not_delayed", "no_categories", "locked_category"),
    *("bad_days", "not_resumable", "not_subscribed", "store_unavailable", "too_many", "prefetch"),
    *("refused", "no_gesture", "unreachable", "unreachable_saved"),
)
NOTICES = frozenset((*_GOOD_WORDS, *_BAD_WORDS, "sending"))
# What can come of a press that the SDK sends: the page has it ready for outcome.js.
_SCRIPTED_WORDS = (
    *("unsubscribed", "already", "pending", "saved", "kept", "as_before"),
    *("prevented", "too_late", "not_delayed", "no_categories", "locked_category"),
    *("refused", "no_gesture", "unreachable", "unreachable_saved", "sending"),
)
#: In these the subscription goes on, or will: what it is made of can be chosen.
_LIVING = {"subscribed", "pending", "suspended"}


@dataclass(frozen=True)
class Known:
    """Whose page it is: what the smid in the link stands for, at a time."""

    smid: str
    resource: Resource
    subscription: Subscription
    now: datetime

    @property
    def row(self) -> str:
        """The row of the tables in ``rules``."""
        return row_of(self.subscription.state, self.now)

    @property
    def script_id(self) -> str:
        """What a form names the resource by."""
        return ids.format_script_id(*self.resource.key)

    @property
    def is_prevented(self) -> bool:
        """Can nobody leave?"""
        return self.resource.mode == "prevented"

    @property
    def can_leave(self) -> bool:
        """Would unsubscribing change anything?"""
        return not self.is_prevented and RESULTS["leave"][self.row] == "unsubscribed"

    @property
    def can_undo(self) -> bool:
        """Did the person leave, and can they still take it back?"""
        return self.resource.mode == "delayed" and self.row == "undoable"

    @property
    def can_resume(self) -> bool:
        """Would resuming change anything?"""
        return RESUME[self.row] == "subscribed"

    @property
    def can_suspend(self) -> bool:
        """Is the subscription one that can be suspended?"""
        return not self.is_prevented and SUSPEND[self.row] == "suspended"

    @property
    def seconds_left(self) -> int:
        """Until pending becomes unsubscribed."""
        return seconds_left(self.subscription.state, self.now)

    @property
    def left(self) -> list[str]:
        """API names of the categories that were left."""
        return self.subscription.left_categories

    @property
    def managed(self) -> list[Category]:
        """The categories on the manager's page; none where nothing can arrive."""
        if self.subscription.state.word not in _LIVING:
            return []
        return [one for one in self.resource.categories.values() if one.in_manager]


def notice_page(
    word: str,
    known: Known | None,
    status: int = 200,
    *,
    details: str = "",
    left: list[str] | None = None,
) -> Response:
    """
    Return a page that says one thing.

    Args:
        word: One of ``NOTICES``; any other is "refused".
        known: Whose page; None when the link is of nobody.
        status: Of the answer.
        details: For "refused": what the developer of a page would want to read.
        left: For "saved": API names of all categories that were left.
    """
    shown = notice_word(word)
    return _respond(
        "outcome.html", known, status, word=shown, details=details, left_categories=left or []
    )


def choice_page(known: Known) -> Response:
    """Return the page to confirm on, for a subscription that has not ended."""
    offered = [
        one.name
        for one in known.resource.categories.values()
        if not one.locked and one.name not in known.left
    ]
    response = _respond(
        "choice.html",
        known,
        200,
        offered=offered,
        scripted=_SCRIPTED_WORDS,
    )
    response.headers["Content-Security-Policy"] = SCRIPT_CSP
    return response


def manager_page(known: Known, word: str | None = None, status: int = 200) -> Response:
    """
    Return the subscription manager.

    Args:
        known: Whose.
        word: What came of the last press, one of ``NOTICES``.
        status: Of the answer.
    """
    response = _respond(
        "manage.html",
        known,
        status,
        word=word and notice_word(word),
        suspend_days=SUSPEND_DAYS,
        scripted=_SCRIPTED_WORDS,
    )
    response.headers["Content-Security-Policy"] = SCRIPT_CSP
    return response


def word_for(action: str, outcome: Mapping[str, object]) -> str:
    """
    Return the notice for a call of ``/unsub/*`` that was carried out. ``outcome.js`` has the same.

    Args:
        action: confirm or cancel.
        outcome: Where the subscription stands after it.
    """
    if action == "cancel":
        return "kept" if outcome["status"] == Status.SUBSCRIBED else "as_before"
    if outcome["status"] == Status.UNSUBSCRIBED:
        return "already" if outcome["already"] else "unsubscribed"
    if outcome["status"] == "pending":
        return "pending"
    return "saved" if outcome["categories"] else "as_before"


def notice_word(code: str) -> str:
    """Return the notice for the code of a refusal (or for a good word)."""
    if code in {"missing_smid", "bad_smid", "unknown_smid"}:
        return "unknown_link"
    return code if code in NOTICES else "refused"


def _respond(template: str, known: Known | None, status: int, **values: object) -> Response:
    language = choose_language(known.resource.language if known else None, request.accept_languages)
    title = known.resource.title if known else ""

    def say(key: str, **more: object) -> str:
        return language.say(key, title=title, **more)

    html = render_template(
        template, t=say, language=language, known=known, good_words=_GOOD_WORDS, **values
    )
    response = page_response(html, status)
    response.headers["Content-Language"] = language.tag
    response.headers["Vary"] = "Accept-Language"
    return response
