"""
Ctrl-C, and whatever else asks a program to stop, while browsers run.

What waits for a page cannot be left in the middle: closing the page would wait as well. So the
browsers are ended first, everything else ends as it always does, and then the signal is told.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Interruption:
    """
    Takes the signals over until the end, in the main thread; in another one there are none.

    A second one is told at once: whoever sends it does not want to wait.
    """

    def __init__(self) -> None:
        self._signal: int | None = None
        self._before: dict[int, Any] = {}
        self._stop: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
                # Ignored, as under nohup, they stay so. What is no Python function cannot be put
                # back.
                if signal.getsignal(number) not in {signal.SIG_IGN, None}:
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()
        if self._signal is not None:
            signal.raise_signal(self._signal)

    @contextmanager
    def calling(self, stop: Callable[[], None]) -> Iterator[None]:
        """Call *stop* when a signal comes, and after the body tell of one: see ``check``."""
        self._stop = stop
        try:
            self.check()
            yield
        finally:
            self._stop = lambda: None
        self.check()

    def check(self) -> None:
        """
        Do nothing if no signal came.

        Raises:
            KeyboardInterrupt: One did.
        """
        if self._signal is not None:
            raise KeyboardInterrupt

    def _note(self, number: int, _: object) -> None:
        if self._signal is not None:
            self._give_back()
            signal.raise_signal(number)
        self._signal = number
        self._stop()

    def _give_back(self) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before.clear()
