"""A request as bytes on a real socket, what came back, and how long that took."""

from __future__ import annotations

import http.client
import socket
import time
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote_from_bytes

#: The longest that a request may take. A good one takes about 5 ms; a machine that is busy with
#: something else takes what it wants, so the fastest of three counts.
LIMIT_S = 0.4
# Nothing at all comes for so long: it hangs.
_HANG_S = 20


@dataclass(frozen=True)
class Request:
    """To be sent as it is. Its repr can be pasted."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def as_bytes(self):
        names = {name.lower() for name, _ in self.headers}
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [] if "host" in names else ["Host: pxl.example.com"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if "content-length" not in names and (self.body or self.method == "POST"):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + self.body

    def __post_init__(self):
        # Only what one can send: a target without spaces, in ASCII.
        assert self.target.isascii(), self.target


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def type(self):
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""


def in_target(text):
    """*text* as part of a request's target."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return quote_from_bytes(data, safe="/")


def exchange(port, data, *, is_head=False):
    """Send *data*, a whole request, and return its answer; None: the connection was closed."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=_HANG_S) as connection:
        connection.sendall(data)
        response = http.client.HTTPResponse(connection, method="HEAD" if is_head else None)
        try:
            response.begin()
            body = response.read()
        except (http.client.HTTPException, ConnectionError):
            return None
        finally:
            response.close()
    return Answer(response.status, response.headers, body, time.monotonic() - began)


def ask(port, request):
    """Send *request* and return its answer, which has to come in time."""
    data = request.as_bytes()
    answer = exchange(port, data, is_head=request.method == "HEAD")
    assert answer is not None, "no answer"
    return answer


def first_status(port, data):
    """Return the status of an answer that does not end by itself."""
    with socket.create_connection(("127.0.0.1", port), timeout=_HANG_S) as connection:
        connection.sendall(data)
        return int(connection.recv(16).split()[1])


def fastest(port, request, seconds, tries=2):
    """Return how long *request* takes when it is asked again: what took *seconds* by chance."""
    return min(seconds, *(ask(port, request).seconds for _ in range(tries)))
