"""
A time limit that holds whatever a page does.

Playwright has no time limit for looking at a page, and a page whose script never ends answers
nothing. When the time is up, the browser is ended; what waits for it then raises.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

# A browser that is being launched in that very moment is only seen the next time.
_AGAIN_S = 0.3


class Deadline:
    """
    Calls *kill* when *seconds* are over, from a thread of its own, again and again until the end.

    Attributes:
        has_passed: Then nothing is worth trying any more.
    """

    def __init__(self, seconds: float, kill: Callable[[], None]) -> None:
        self.has_passed = False
        self._seconds = seconds
        self._kill = kill
        self._is_up = threading.Event()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._is_up.set()
        self._thread.join()

    def pass_now(self) -> None:
        """Do not wait for the time to be up."""
        self._is_up.set()

    def _watch(self) -> None:
        self._is_up.wait(self._seconds)
        while not self._is_over.is_set():
            self.has_passed = True
            self._kill()
            self._is_over.wait(_AGAIN_S)
