"""The server of everybody else: it takes every event, and answers what that SDK expects."""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote_plus

from akunsub.pixel.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: What events are told apart by; it is in them and nowhere else.
MARK = re.compile(r"mark[0-9a-f]{16}")
_ALLOWED = "Authorization, Content-Type, Content-Encoding, X-Requested-With, SP-Anonymous"


class Collector:
    """
    A running server, for as long as it is entered.

    Args:
        answers: See ``Sender.answers``.
    """

    def __init__(self, answers: Mapping[str, object]) -> None:
        self._answers = answers
        self._arrivals: dict[str, list[float]] = defaultdict(list)
        self._lock = threading.Lock()
        self._server = Server(self._serve)
        self.url = self._server.url

    def arrivals(self, mark: str) -> Sequence[float]:
        """Return when the event with *mark* arrived, each time; seconds since the epoch."""
        with self._lock:
            return tuple(self._arrivals.get(mark, ()))

    def received(self, mark: str) -> int:
        """Return how often it came."""
        return len(self.arrivals(mark))

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "OPTIONS":
            text = unquote_plus(environ.get("QUERY_STRING", "")) + _text(body)
            with self._lock:
                for mark in set(MARK.findall(text)):
                    self._arrivals[mark].append(time.time())
        answer = next(
            (self._answers[start] for start in self._answers if path.startswith(start)), {}
        )
        data = json.dumps(answer).encode()
        start_response("200 OK", _headers(environ, len(data)))
        return [data]


def _headers(environ: WSGIEnvironment, size_bytes: int) -> list[tuple[str, str]]:
    """Let every page do everything: whether it may is not what is measured."""
    asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", _ALLOWED)
    return [
        ("Content-Type", "application/json"),
        ("Content-Length", str(size_bytes)),
        ("Access-Control-Allow-Origin", environ.get("HTTP_ORIGIN", "*")),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Headers", asked),
        ("Access-Control-Allow-Methods", "GET, POST"),
    ]


def _text(body: bytes) -> str:
    """Return *body* as text, whatever it was packed in."""
    if body[:2] == b"\x1f\x8b":
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            return ""
    return unquote_plus(body.decode("utf-8", "replace"))
