"""
Ending a waitress server: what was read is answered, within a bound.

waitress' own shutdown ends the threads while requests are still queued, and drops those.
"""

from __future__ import annotations

import socket
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

_LOOK_S = 0.01
# A connection on which something happened in this time may be in the middle of a request.
_QUIET_S = 0.25
_LOOP_ANSWERS_S = 5.0


def channel_class(is_stopping: Callable[[], bool]) -> type[HTTPChannel]:
    """Return connections that end with the next answer once the server *is_stopping*."""

    class Task(WSGITask):
        def build_response_header(self) -> bytes:
            # Another request that came in the same piece was read, and is answered as well.
            if is_stopping() and len(self.channel.requests) <= 1:
                # As if the client had asked for it: it is told, and sends the next one elsewhere.
                self.request.headers["CONNECTION"] = "close"  # type: ignore[attr-defined]
            return super().build_response_header()

    class Channel(HTTPChannel):
        task_class = Task

    return Channel


def end(server: Any, loop: threading.Thread, *, seconds: float) -> bool:  # noqa: ANN401 (waitress')
    """
    Listen no more, answer what was read, then close every connection.

    Args:
        server: waitress' server of one socket.
        loop: The thread that runs it; it may have ended, or never begun.
        seconds: After that, what is not answered is left.

    Returns:
        Was everything answered?
    """
    give_up_at = time.monotonic() + seconds
    is_done = False
    if loop.is_alive():
        _in_loop(server, lambda: _stop_listening(server))
        while loop.is_alive() and not is_done and time.monotonic() < give_up_at:
            is_done = _in_loop(server, lambda: _close_quiet(server))
            time.sleep(0 if is_done else _LOOK_S)
    # What is still queued was not begun: it has no effect.
    left_s = max(give_up_at - time.monotonic(), 0)
    server.task_dispatcher.shutdown(cancel_pending=True, timeout=left_s)
    if loop.is_alive():
        _in_loop(server, lambda: _close_all(server))
        loop.join(timeout=_LOOP_ANSWERS_S)
    else:
        _close_all(server)
    # A thread that still runs would write to whatever file has its number by then.
    server.pull_trigger = _do_nothing
    server.trigger.close()
    return is_done and not server.task_dispatcher.threads


def _in_loop(server: Any, work: Callable[[], bool]) -> bool:  # noqa: ANN401
    """Do *work* in the thread of the loop, to which everything that is open belongs."""
    done: Future[bool] = Future()

    def do() -> None:
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001 (raised where it is waited for)
            done.set_exception(error)

    server.trigger.pull_trigger(do)
    try:
        return done.result(timeout=_LOOP_ANSWERS_S)
    except TimeoutError:
        return False


def _stop_listening(server: Any) -> bool:  # noqa: ANN401
    # The system has made connections that we have not seen; closing would break them off.
    known = -1
    while len(server.active_channels) > known:
        known = len(server.active_channels)
        server.handle_accept()
    # Without the trigger, which waitress' own method closes as well.
    wasyncore.dispatcher.close(server)
    return True


def _close_quiet(server: Any) -> bool:  # noqa: ANN401
    """Close the connections on which nothing is in hand; is nothing left?"""
    heard_at = time.time() - _QUIET_S
    for channel in list(server.active_channels.values()):
        is_at_work = channel.requests or channel.total_outbufs_len or _has_more(channel)
        if not is_at_work and channel.last_activity < heard_at:
            channel.handle_close()
    return not server.active_channels


def _has_more(channel: Any) -> bool:  # noqa: ANN401
    # Only looked at: the loop may be about to read it.
    try:
        return bool(channel.socket.recv(1, socket.MSG_PEEK))
    except OSError:
        return False


def _do_nothing() -> None:
    pass


def _close_all(server: Any) -> bool:  # noqa: ANN401
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    wasyncore.dispatcher.close(server)
    # The loop ends when nothing is left in its map.
    server.trigger.del_channel()
    return True
