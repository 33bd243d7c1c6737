"""One MiniBrowser process, WebKitGTK's test browser, with its inspector open to Playwright."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import socket
import subprocess  # nosec B404  # lists of arguments, never a shell
import time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from akunsub.verify.engines.gestures import without_gesture
from akunsub.verify.engines.processes import end_group, kill_group
from akunsub.verify.engines.socket_relay import SocketRelay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_START_TIMEOUT_S = 30
_POLL_S = 0.02
# Full screen: no tool bars, so that the page is the window, and can be as narrow as a phone's.
_FLAGS = ("--private", "--full-screen", "--enable-developer-extras=true")
_TARGET = re.compile(r"/socket/\d+/\d+/WebPage")


class MiniBrowser:
    """
    Runs until ``close``, with a profile that is gone then.

    ``webkit.connect_over_cdp`` speaks WebKit's inspector protocol, which this browser serves; but
    first it asks for a list of pages as ios_webkit_debug_proxy gives it. That list is ours.

    Args:
        executable: Where it is.
        display: As in ``DISPLAY``.
        shared: Folder for what one run leaves for the next; nothing of a page's.
        args: Further ones of its command line.

    Attributes:
        endpoint: URL for ``connect_over_cdp``.
        pid: Its process, which owns the window.
    """

    def __init__(
        self, executable: Path, *, display: str, shared: Path, args: Sequence[str]
    ) -> None:
        # Its web processes may go on writing into it for a moment after it has ended.
        self._profile = TemporaryDirectory(
            prefix="akunsub-minibrowser-", ignore_cleanup_errors=True
        )
        self._command = [str(executable), *_FLAGS, *args, "about:blank"]
        self._shared = shared
        self._relay: SocketRelay | None = None
        self._start(display)
        try:
            if not self._has_page():
                # Somebody else may have taken the port after we looked.
                end_group(self._process)
                self._start(display)
                self._check_has_page()
            self._relay = SocketRelay(
                f"ws://127.0.0.1:{self._port}", command=without_gesture, json_page=self._list_pages
            )
        except BaseException:
            self.close()
            raise
        self.endpoint = f"http://127.0.0.1:{self._relay.port}"

    def close(self) -> None:
        if self._relay:
            self._relay.close()
        end_group(self._process)
        self._profile.cleanup()

    def kill(self) -> None:
        """End its processes at once, from any thread; ``close`` is still to be called."""
        kill_group(self._process)

    def _start(self, display: str) -> None:
        self._port = _free_port()
        self._process = subprocess.Popen(  # nosec B603  # a list of arguments of ours
            self._command,
            env={**os.environ, **self._environment(display)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def _environment(self, display: str) -> dict[str, str]:
        folder = self._profile.name
        return {
            "DISPLAY": display,
            "GDK_BACKEND": "x11",
            "GDK_SCALE": "1",  # a pixel of the page is a pixel of the screen
            "WEBKIT_INSPECTOR_HTTP_SERVER": f"127.0.0.1:{self._port}",
            "XDG_CACHE_HOME": folder,
            "XDG_CONFIG_HOME": folder,
            "XDG_DATA_HOME": folder,
            # Which codecs there are takes a seventh of a page's start to find out.
            "GST_REGISTRY": str(self._shared / "gstreamer"),
            # GTK would otherwise start a session bus, which outlives the browser.
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            "NO_AT_BRIDGE": "1",
        }

    def _check_has_page(self) -> None:
        if not self._has_page():
            raise OSError(f"{self._command} does not start")

    def _has_page(self) -> bool:
        """Wait until it shows one."""
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._pages():
            if self._process.poll() is not None or time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        return True

    def _list_pages(self) -> str:
        assert self._relay  # noqa: S101  it is the relay that asks  # nosec B101
        origin = f"ws://127.0.0.1:{self._relay.port}"
        return json.dumps([{"webSocketDebuggerUrl": origin + path} for path in self._pages()])

    def _pages(self) -> list[str]:
        """Return the paths of the inspector's sockets, out of the page it offers to a person."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)
        try:
            connection.request("GET", "/")
            return _TARGET.findall(connection.getresponse().read().decode())
        except OSError:  # it does not listen yet
            return []
        finally:
            connection.close()


def _free_port() -> int:
    """
    Return a port that is free now.

    Not an ephemeral one: 1 launch in 20 failed with those, the port being taken by an outgoing
    connection before WebKit bound it; 0 in 60 below their range (WebKitGTK 2.50.6).
    """
    while True:
        port = random.randint(20000, 32000)  # noqa: S311  no secret  # nosec B311
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
