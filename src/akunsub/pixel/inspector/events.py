"""
What happens, as it happens: server-sent events, resumed after the id that was seen last.

Each reader holds a thread of the server, so there are few at a time, and each is asked to come
again after a while.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MAX_READERS = 4
_STREAM_S = 50.0
_POLL_S = 0.05
# What only the clock changes, as when a timer ends, is looked for less often.
_LOOK_S = 1.0
_AGAIN_MS = 500

_readers = threading.BoundedSemaphore(_MAX_READERS)


@contextmanager
def room_for_one() -> Iterator[bool]:
    """Is there room for another reader? It is taken until the end."""
    is_taken = _readers.acquire(blocking=False)
    try:
        yield is_taken
    finally:
        if is_taken:
            _readers.release()


def event(name: str, data: str, event_id: int | None = None) -> str:
    """Return one event; *data* may have several lines."""
    lines = [] if event_id is None else [f"id: {event_id}"]
    lines += [f"event: {name}", *(f"data: {line}" for line in data.splitlines())]
    return "\n".join(lines) + "\n\n"


def stream(
    since: int,
    find_calls: Callable[[int], list[tuple[int, str]] | None],
    show_people: Callable[[], str],
    is_stopping: Callable[[], bool],
) -> Iterator[str]:
    """
    Yield an event for each call, and for each change of where people stand.

    Args:
        since: The id of the last call that was seen.
        find_calls: Returns later calls than an id, each with its id and as HTML, in their order;
            ``None``: there is not even that one any more.
        show_people: Returns where they stand, as HTML.
        is_stopping: Does the server end?
    """
    with room_for_one() as is_room:
        if not is_room:
            # Not a status: an EventSource would never ask again.
            yield f"retry: 3000\n{event('full', 'too many are looking')}"
            return
        yield f"retry: {_AGAIN_MS}\n\n"
        end = time.monotonic() + _STREAM_S
        shown, look_at = "", 0.0
        while time.monotonic() < end and not is_stopping():
            calls = find_calls(since)
            if calls is None:
                yield event("reset", "the calls are gone", 0)
                since, calls = 0, []
            for since, html in calls:
                yield event("call", html, since)
            if calls or time.monotonic() > look_at:
                people = show_people()
                # A comment where there is nothing to tell: who writes learns that nobody reads.
                yield event("people", people) if people != shown else ":\n\n"
                shown, look_at = people, time.monotonic() + _LOOK_S
            time.sleep(_POLL_S)
