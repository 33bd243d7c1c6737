"""
A WebSocket server that passes every connection on to a browser, changing messages on the way.

Our own connection to the browser carries its own ``Host`` and no ``Origin``: Firefox answers 400
to a handshake with another port in the one, or with any of the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from websockets.http11 import Request, Response
    from websockets.sync.connection import Connection
    from websockets.sync.server import ServerConnection

#: Returns what goes on in a message's place; ``None``: nothing, for now.
Edit = Callable[[str], str | None]

# Messages as big as a screenshot. No pings: a browser that is busy for 20 s, or stopped in a
# debugger, is not gone.
_CONNECTION: dict[str, Any] = {
    "max_size": None,
    "ping_interval": None,
    "close_timeout": 1,
}


class SocketRelay:
    """
    Serves on a free port of 127.0.0.1 until ``close``.

    Args:
        upstream: Origin of the browser's server, such as ``ws://127.0.0.1:9222``; paths are kept.
        command: Applied to each message to the browser.
        answers: Called for each connection, with what sends to the browser; returns what is
            applied to each message from it.
        json_page: Text for GET ``/json``, asked for each time.
    """

    def __init__(
        self,
        upstream: str,
        *,
        command: Edit,
        answers: Callable[[Callable[[str], None]], Edit] = lambda _send: lambda message: message,
        json_page: Callable[[], str] | None = None,
    ) -> None:
        from websockets.sync.server import serve

        self._upstream = upstream
        self._command = command
        self._answers = answers
        self._json_page = json_page
        self._server = serve(
            self._relay,
            "127.0.0.1",
            0,
            process_request=self._plain_page,
            compression=None,  # loopback
            **_CONNECTION,
        )
        self.port: int = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()

    def _plain_page(self, connection: ServerConnection, request: Request) -> Response | None:
        if self._json_page is None or request.path != "/json":
            return None
        return connection.respond(HTTPStatus.OK, self._json_page())

    def _relay(self, playwright: ServerConnection) -> None:
        from websockets.exceptions import InvalidHandshake
        from websockets.sync.client import connect

        assert playwright.request  # noqa: S101  set by the handshake that is behind us  # nosec B101
        url = self._upstream + playwright.request.path
        # Compressed, which is no gain on loopback, but WebKitGTK 2.50.6 hangs up on a message
        # whose payload is over 128 KiB (libsoup's default), and Playwright's page script is.
        # No proxy: HTTP_PROXY is not for this machine.
        try:
            connection = connect(url, proxy=None, compression="deflate", **_CONNECTION)
        except (OSError, InvalidHandshake):
            return  # the browser has just ended; Playwright is told by the end of its connection
        with connection as browser:
            answer = self._answers(browser.send)
            answers = threading.Thread(target=_pump, args=(browser, playwright, answer))
            answers.start()
            _pump(playwright, browser, self._command)
            answers.join()


def _pump(source: Connection, target: Connection, edit: Edit) -> None:
    """Relay until one side closes, then close the other."""
    from websockets.exceptions import ConnectionClosed

    try:
        for message in source:
            edited = edit(message) if isinstance(message, str) else message
            if edited is not None:
                target.send(edited)
    except ConnectionClosed:
        pass
    finally:
        target.close()
