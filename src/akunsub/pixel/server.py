"""
A production WSGI server, started and stopped from Python.

waitress: it keeps slow clients in one select loop, away from the threads that answer, needs no
second process, and runs wherever Python does.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, Self

from waitress.server import create_server

from akunsub.errors import ServerError
from akunsub.pixel import stopping
from akunsub.pixel.open_files import max_connections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Calls that come at the same time share a transaction: the more of them wait, the less each costs.
THREADS = 32
#: To the database, of one process: several of them fit into PostgreSQL's usual 100.
CONNECTIONS = 16
#: How long ``stop`` takes at most.
STOP_S = 10.0
# Above what the application reads, so that it can say itself that a body is too large.
_MAX_REQUEST_BYTES = 32 * 1024 * 1024
_MAX_HEADER_BYTES = 32 * 1024
# Python's own, 5 ms, is what a thread that comes back from the database may have to wait, each
# time, while others read requests; with less than this, threads wake each other for nothing.
# Measured with 1 and 2 processes, on SQLite and PostgreSQL: 0.5, 1, 2 and 5 ms.
_SWITCH_S = 0.002
_IS_STOPPING = "akunsub.is_stopping"


def is_stopping(environ: WSGIEnvironment) -> Callable[[], bool]:
    """Return what tells whether the server of a request ends; another server never says so."""
    asked: Callable[[], bool] = environ.get(_IS_STOPPING, lambda: False)
    return asked


class Server:
    """
    One application on one port, in a thread. Usable as a context manager.

    Args:
        app: Any WSGI application.
        host: The address to listen on.
        port: 0 takes a free one.
        is_behind_proxy: Hand on X-Forwarded-For and the like, which the application believes.
        drain_s: How long ``stop`` lets everything go on before it begins to end: only
            ``is_stopping`` says so, and each answer closes its connection.
        stop_s: How long it then takes at most.

    Raises:
        ServerError: The address cannot be listened on.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        is_behind_proxy: bool = False,
        drain_s: float = 0,
        stop_s: float = STOP_S,
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listener = socket.create_server((host, port), family=family, backlog=1024)
        except (OSError, OverflowError) as error:
            raise ServerError(
                f"cannot listen on {host} port {port}: {error}; --port 0 takes a free one"
            ) from error
        self._drain_s, self._stop_s = drain_s, stop_s
        self._is_stopping = threading.Event()
        self._stop_lock = threading.Lock()
        self._all_answered: bool | None = None

        def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            # What would go on for long looks at it.
            environ[_IS_STOPPING] = self._is_stopping.is_set
            return app(environ, start_response)

        self._server = create_server(
            application,
            sockets=[listener],
            threads=THREADS,
            connection_limit=max_connections(),
            max_request_body_size=_MAX_REQUEST_BYTES,
            max_request_header_size=_MAX_HEADER_BYTES,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=not is_behind_proxy,
            ident="",
        )
        channels = stopping.channel_class(self._is_stopping.is_set)
        self._server.channel_class = channels  # type: ignore[union-attr]  # one socket, one server
        self.port: int = listener.getsockname()[1]
        shown = "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104 (compared only)  # nosec B104
        #: Where it answers, without a trailing slash.
        self.url = (
            f"http://[{shown}]:{self.port}" if ":" in shown else f"http://{shown}:{self.port}"
        )
        self._thread = threading.Thread(target=self._server.run, name=f"akunsub-{self.port}")
        self._thread.daemon = True

    def start(self) -> Self:
        """Begin to answer. Connections made from now on are not refused."""
        sys.setswitchinterval(_SWITCH_S)
        self._thread.start()
        return self

    def stop(self) -> bool:
        """
        Answer what has been read, then close every connection; once, however often it is called.

        Returns:
            Was everything answered within the bound?
        """
        with self._stop_lock:
            if self._all_answered is None:
                self._is_stopping.set()
                time.sleep(self._drain_s)
                self._all_answered = stopping.end(self._server, self._thread, seconds=self._stop_s)
            return self._all_answered

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()


def serve_near(port: int, make: Callable[[int], Server]) -> Server:
    """Listen on *port*, or on a free one when it is taken: what is for a person should come up."""
    try:
        return make(port)
    except ServerError:
        return make(0)
