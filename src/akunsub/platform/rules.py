"""
The platform's rules as tables, to be read beside its documentation.

``EFFECTS`` says what an action does in each mode, ``RESULTS`` what that means in each status. What
the documentation leaves open is decided in ARCHITECTURE.md. ``transitions`` carries them out.
"""

from __future__ import annotations

from typing import Literal

Mode = Literal["instant", "confirm", "delayed", "prevented"]
#: confirm is also the server's ``message_unsub``. link is the one in the mail's text,
#: list_unsubscribe the one in its header, one_click the POST to that (RFC 8058).
Action = Literal["confirm", "cancel", "link", "list_unsubscribe", "one_click"]
Effect = Literal["leave", "show", "start_timer", "keep", "not_delayed", "prevented"]

#: "the maximum timer value is 30 minutes"
MAX_TIMER_S = 30 * 60
MIN_TIMER_S = 1
#: The periods that the subscription manager offers, in days.
SUSPEND_DAYS = (14, 30, 60, 90)

EFFECTS: dict[Mode, dict[Action, Effect]] = {
    "instant": {
        "link": "leave",
        "list_unsubscribe": "leave",
        "one_click": "leave",
        "confirm": "leave",
        "cancel": "not_delayed",
    },
    "confirm": {
        "link": "show",
        "list_unsubscribe": "show",
        "one_click": "leave",
        "confirm": "leave",
        "cancel": "not_delayed",
    },
    "delayed": {
        "link": "start_timer",
        "list_unsubscribe": "start_timer",
        "one_click": "leave",
        "confirm": "leave",
        "cancel": "keep",
    },
    "prevented": {
        "link": "prevented",
        "list_unsubscribe": "prevented",
        "one_click": "prevented",
        "confirm": "prevented",
        "cancel": "prevented",
    },
}

#: What an effect makes of a status: the status afterwards, "pending" (the same status, with a timer
#: running), "already" (nothing changes), or "too_late" (refused).
#: The row "pending" is any status with its timer running, "undoable" is unsubscribed with the timer
#: not yet over.
RESULTS: dict[Literal["leave", "start_timer", "keep"], dict[str, str]] = {
    "leave": {
        "subscribed": "unsubscribed",
        "unsubscribed": "already",
        "complained": "unsubscribed",
        "hardbounced": "unsubscribed",
        "unconfirmed": "unsubscribed",
        "suspended": "unsubscribed",
        "invalid": "unsubscribed",
        "pending": "unsubscribed",
        "undoable": "already",
    },
    "start_timer": {
        "subscribed": "pending",
        "unsubscribed": "already",
        "complained": "pending",
        "hardbounced": "pending",
        "unconfirmed": "pending",
        "suspended": "pending",
        "invalid": "pending",
        "pending": "already",
        "undoable": "already",
    },
    "keep": {
        "subscribed": "already",
        "unsubscribed": "too_late",
        "complained": "already",
        "hardbounced": "already",
        "unconfirmed": "already",
        "suspended": "already",
        "invalid": "already",
        "pending": "as_before",
        "undoable": "as_before",
    },
}

#: What the subscription manager's "resume" and "suspend" make of a status.
RESUME = {
    "subscribed": "already",
    "unsubscribed": "subscribed",
    "complained": "subscribed",
    "hardbounced": "not_resumable",
    "unconfirmed": "not_resumable",
    "suspended": "subscribed",
    "invalid": "not_resumable",
    "pending": "subscribed",
    "undoable": "subscribed",
}
SUSPEND = {
    "subscribed": "suspended",
    "unsubscribed": "not_subscribed",
    "complained": "not_subscribed",
    "hardbounced": "not_subscribed",
    "unconfirmed": "not_subscribed",
    "suspended": "suspended",
    "invalid": "not_subscribed",
    "pending": "suspended",
    "undoable": "not_subscribed",
}
