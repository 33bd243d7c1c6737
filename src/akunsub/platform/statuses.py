"""
The statuses of a subscription: the platform's words and their numbers.

Deleted is not among them; it is the flag ``is_delete`` beside the status.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """
    Where a subscription stands, as the platform's documentation lists it.

    ``pending`` is not among them: it is a subscription whose timer is running, which the platform
    itself still calls by the status it had.
    """

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    HARDBOUNCED = "hardbounced"
    UNCONFIRMED = "unconfirmed"
    SUSPENDED = "suspended"
    INVALID = "invalid"

    @property
    def number(self) -> int:
        """0 for subscribed … 6 for invalid."""
        return list(Status).index(self)


def parse_status(value: str | int) -> Status:
    """
    Read a status, given as the word or as the number.

    Args:
        value: ``"suspended"``, ``5`` or ``"5"`` (XML has no numbers).

    Raises:
        ValueError: It is none of them; the text lists them.
    """
    text = str(value)
    for status in Status:
        if text in {status.value, str(status.number)} and not isinstance(value, bool):
            return status
    known = ", ".join(f"{status.value} ({status.number})" for status in Status)
    raise ValueError(f"{text[:40]!r} is not a status; there are {known}")
