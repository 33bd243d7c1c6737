"""
Faults that the next calls of a page meet, as a developer asked for them. For rehearsing.

They are kept by the process: whoever rehearses has one.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from flask import Response, current_app, request
from waitress.channel import ClientDisconnected

from akunsub.errors import CallRefusedError
from akunsub.pixel.server import is_stopping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

Kind = Literal["503", "hang", "drop"]
_EXTENSION = "akunsub_faults"
#: What the SDK gives up after, and some more.
HANG_S = 15.0
_POLL_S = 0.1
_WORDS = {
    "503": "the inspector was told to answer this call with 503",
    "hang": "the inspector was told to leave this call without an answer",
    "drop": "the inspector was told to close the connection of this call",
}


@dataclass(frozen=True)
class Fault:
    """
    What happens to a call.

    Attributes:
        kind: ``503``: it is answered that. ``hang``: for a while there is no answer, and then none.
            ``drop``: the connection is closed at once. Nothing is stored in any case.
        seconds: How long it hangs.
    """

    kind: Kind
    seconds: float = HANG_S


class Faults:
    """Those that are waiting for a call. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Fault] = deque()

    def add(self, fault: Fault, times: int) -> None:
        """Let the next *times* calls meet it, after those that are waiting."""
        with self._lock:
            self._waiting.extend([fault] * times)

    def take(self) -> Fault | None:
        """Return what this call meets."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def clear(self) -> None:
        """Let no call meet any."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[Fault]:
        """Return them, the next one first."""
        with self._lock:
            return list(self._waiting)


class RehearsedFaultError(CallRefusedError):
    """A call met *fault*."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__("rehearsed_fault", 503, _WORDS[fault.kind])


class Unanswered(Response):
    """Closes the connection after *seconds*; in waitress, an answer that cannot be sent does so."""

    def __init__(self, seconds: float) -> None:
        super().__init__(_say_nothing(seconds, is_stopping(request.environ)))

    def get_data(self, as_text: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
        """Return what is told: nothing."""
        return "" if as_text else b""


def init_app(app: Flask) -> None:
    """Let calls of *app* meet faults."""
    app.extensions[_EXTENSION] = Faults()


def the_faults() -> Faults | None:
    """Return the application's; in production there are none."""
    found: Faults | None = current_app.extensions.get(_EXTENSION)
    return found


def take_fault() -> Fault | None:
    """Return what this call meets."""
    faults = the_faults()
    return faults.take() if faults and request.method == "POST" else None


def answer_to(refusal: CallRefusedError) -> Response | None:
    """Return what a call that met a fault gets instead of the refusal; ``None``: just that."""
    if not isinstance(refusal, RehearsedFaultError) or refusal.fault.kind == "503":
        return None
    return Unanswered(refusal.fault.seconds if refusal.fault.kind == "hang" else 0)


def _say_nothing(seconds: float, must_end: Callable[[], bool]) -> Iterator[bytes]:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not must_end():
        time.sleep(_POLL_S)
    raise ClientDisconnected
    yield b""
