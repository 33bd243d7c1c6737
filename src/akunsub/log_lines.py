"""Writing log lines: no request waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TextIO

_MOST_WAITING = 10_000
#: How long a line may wait for others.
_EVERY_S = 0.05
#: How long the end of the process waits for who is writing.
_END_S = 2.0


class Lines(logging.Handler):
    """
    Writes lines to a stream: warnings, and what is worse, at once; the rest soon, and together.

    A thread that formats and writes a line of its own gives Python's lock away, and has to get it
    again: with one process and 32 threads, a third of the confirms were lost to that. So they leave
    their records to one thread. Where nobody reads the stream, the latest lines are kept.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._waiting: deque[logging.LogRecord] = deque(maxlen=_MOST_WAITING)
        self._is_any = threading.Event()
        self._is_closed = False
        self._writing = threading.Lock()
        threading.Thread(target=self._run, name="akunsub-log", daemon=True).start()

    def createLock(self) -> None:  # noqa: N802 (logging's name)
        """Make none."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or leave it to who is writing."""
        self._waiting.append(record)
        # Again, if another one left its record just before the lock was free.
        while (
            record.levelno >= logging.WARNING
            and self._waiting
            and self._writing.acquire(blocking=False)
        ):
            try:
                self._write()
            finally:
                self._writing.release()
        if not self._is_any.is_set():
            self._is_any.set()

    def flush(self) -> None:
        """Write what waits: at the end of the process. Not if somebody is stuck with it."""
        if self._writing.acquire(timeout=_END_S):
            try:
                self._write()
            finally:
                self._writing.release()

    def close(self) -> None:
        """End the thread."""
        self._is_closed = True
        self._is_any.set()
        super().close()

    def _run(self) -> None:
        while not self._is_closed:
            self._is_any.wait()
            time.sleep(_EVERY_S)
            self._is_any.clear()
            with self._writing:
                self._write()

    def _write(self) -> None:
        lines = []
        while self._waiting:
            record = self._waiting.popleft()
            try:
                lines.append(f"{self.format(record)}\n")
            except Exception:  # noqa: BLE001 (a line that cannot be written ends nothing)
                self.handleError(record)
        if not lines:
            return
        try:
            self._stream.write("".join(lines))
            self._stream.flush()
        except (OSError, ValueError):
            self.handleError(record)
