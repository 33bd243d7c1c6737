"""
Stands between Playwright and a browser driven through pipes: Chromium, Playwright's WebKit.

``python -m akunsub.verify.engines.pipe_relay EXECUTABLE ARGUMENT...``, started in its place.

Playwright writes commands to file descriptor 3 and reads answers from 4, as JSON texts with a
zero byte after each (pipeTransport.ts, 1.65.2). Only the commands pass through here; the browser
gets descriptor 4 itself.
"""

from __future__ import annotations

import os
import subprocess  # nosec B404  # lists of arguments, never a shell
import sys
import threading
from typing import BinaryIO

from akunsub.verify.engines.gestures import without_gesture

_COMMANDS_FD = 3
_ANSWERS_FD = 4
_CHUNK_BYTES = 1 << 16


def main(command: list[str]) -> int:
    playwright = os.fdopen(os.dup(_COMMANDS_FD), "rb", buffering=0)
    read_fd, write_fd = os.pipe()
    os.dup2(read_fd, _COMMANDS_FD)  # where the browser expects it
    os.close(read_fd)
    # No signal handling and no group of its own: Playwright ends the group it made for us.
    browser = subprocess.Popen(command, pass_fds=(_COMMANDS_FD, _ANSWERS_FD))  # nosec B603  # a list of arguments of ours
    os.close(_COMMANDS_FD)
    os.close(_ANSWERS_FD)  # the browser's end of it alone tells Playwright that it is gone
    threading.Thread(target=_pump, args=(playwright, write_fd), daemon=True).start()
    return browser.wait()


def _pump(source: BinaryIO, target_fd: int) -> None:
    """Relay until Playwright hangs up; then hang up too, on which a browser quits."""
    pending = b""
    try:
        with os.fdopen(target_fd, "wb") as target:
            while chunk := source.read(_CHUNK_BYTES):
                *messages, pending = (pending + chunk).split(b"\0")
                for message in messages:
                    target.write(without_gesture(message.decode()).encode() + b"\0")
                target.flush()
    except BrokenPipeError:
        pass  # the browser is gone: Playwright sees the end of descriptor 4


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
