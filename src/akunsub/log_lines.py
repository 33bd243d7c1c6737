"""Writing log lines: no request waits for it."""

from __future__ import annotations

import logging
import os
import select
import threading
import time
from collections import deque
from queue import SimpleQueue

_MOST_WAITING = 10_000
#: How long a line waits for others.
_EVERY_S = 0.05
#: How long ``flush``, at the end of the process, waits for a reader.
_END_S = 2.0


class Lines(logging.Handler):
    """
    Writes lines to a file descriptor, in a thread of its own.

    A thread that writes gives Python's lock away, and has to get it again: with one process and 32
    threads, a third of the confirms were lost to that. So they leave it to one, which writes what
    has come in _EVERY_S together. Where nobody reads, the latest lines are kept. Whoever kills the
    process ends the lines of that moment as well.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        # A record is made a line by the thread, unless it holds more than facts.
        self._waiting: deque[logging.LogRecord | str] = deque(maxlen=_MOST_WAITING)
        # To the thread: there is something (None); or write it now, and say when it is done. (An
        # Event for the first could not be set by what runs while it is being set.)
        self._calls: SimpleQueue[threading.Event | None] = SimpleQueue()
        self._is_called = False
        threading.Thread(target=self._run, name="akunsub-log", daemon=True).start()

    def createLock(self) -> None:  # noqa: N802 (logging's name)
        """Make none: nobody waits for another."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Emit *record*; Python 3.13's own would need the lock."""
        is_wanted = bool(self.filter(record))
        if is_wanted:
            self.emit(record)
        return is_wanted

    def emit(self, record: logging.LogRecord) -> None:
        """Leave a line to the thread."""
        # What an error was about is not kept for as long as nobody reads.
        holds_more = record.args or record.exc_info
        self._waiting.append(self._line(record) if holds_more else record)
        if not self._is_called:
            self._is_called = True
            self._calls.put(None)

    def flush(self) -> None:
        """Wait until everything is written: at the end of the process. Not where nobody reads."""
        is_written = threading.Event()
        self._calls.put(is_written)
        is_written.wait(_END_S)

    def _run(self) -> None:
        while True:
            call = self._calls.get()
            if call is None:
                time.sleep(_EVERY_S)
            # First, so that what comes while this writes is written by the next.
            self._is_called = False
            self._write()
            if call is not None:
                call.set()

    def _write(self) -> None:
        lines = []
        while self._waiting:
            one = self._waiting.popleft()
            lines.append(one if isinstance(one, str) else self._line(one))
        data = "".join(lines).encode(errors="backslashreplace")
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError:
                # There is no place left, or no reader any more: what comes later may be written.
                return

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return f"{self.format(record)}\n"
        except Exception:  # noqa: BLE001 (a line that cannot be written ends nothing)
            self.handleError(record)
            return ""
