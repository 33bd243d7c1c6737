"""The endpoint's clock, in a test's hands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class UnsubClock:
    """
    Moves the endpoint's time, so that a timer of 30 minutes is over at once.

    Args:
        ask: Sends a body to ``/_unsub/clock`` and returns the answer; ``None`` only looks.
    """

    def __init__(self, ask: Callable[[Mapping[str, object] | None], dict[str, Any]]) -> None:
        self._ask = ask

    def now(self) -> datetime:
        """Return the endpoint's time, aware, in UTC."""
        return datetime.fromisoformat(self._ask(None)["now"])

    def advance(self, by: timedelta | float) -> datetime:
        """Move it ahead by *by*, a number being seconds, and return the new time."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else float(by)
        return datetime.fromisoformat(self._ask({"advance_seconds": seconds})["now"])

    def stand_at(self, moment: datetime) -> None:
        """
        Let it stand at *moment*.

        Raises:
            ValueError: *moment* has no time zone.
        """
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone: datetime(…, tzinfo=UTC)")
        self._ask({"now": moment.isoformat()})

    def make_real(self) -> None:
        """Go back to the machine's time."""
        self._ask({"real": True})
