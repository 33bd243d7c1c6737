"""
Turns Nagle's algorithm off in a browser that did not.

WebKitGTK's inspector passes messages on over TCP within MiniBrowser, in small packets: each waits
until the one before is acknowledged, for which Linux takes 40 ms. An ``evaluate`` took 90 ms
(WebKitGTK 2.50.6).
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

# The same number on all of Linux' architectures (since 5.6); Python 3.11 has no name for it.
_PIDFD_GETFD = 438


def send_at_once(pid: int) -> None:
    """
    Let every TCP socket of the process *pid*, a child of ours, send at once.

    Where that is not allowed, or not Linux, nothing happens: it is only slower.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError):
        process = os.pidfd_open(pid)
        try:
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):  # closed meanwhile, or no TCP
                    if str(link.readlink()).startswith("socket:"):
                        _set(process, int(link.name))
        finally:
            os.close(process)


def _set(process: int, descriptor: int) -> None:
    ours = ctypes.CDLL(None, use_errno=True).syscall(_PIDFD_GETFD, process, descriptor, 0)
    if ours < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    # A copy of the descriptor; what is set on it is set on the socket that both name.
    with socket.socket(fileno=ours) as same:
        if same.family in {socket.AF_INET, socket.AF_INET6}:
            same.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
