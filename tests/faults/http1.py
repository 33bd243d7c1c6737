"""HTTP/1.1 over asyncio, on h11: whole requests and answers, and connections that can break."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field

import h11

_CHUNK_BYTES = 1 << 16
_MAX_HEAD_BYTES = 1 << 16
# RFC 9110 section 7.6.1, and what we frame ourselves.
_NOT_PASSED_ON = frozenset(
    (b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"expect", b"upgrade")
)
_NO_BODY = frozenset((204, 304))

Headers = list[tuple[bytes, bytes]]


@dataclass
class Request:
    method: bytes
    target: bytes
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass
class Answer:
    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    reason: bytes = b""


class _Protocol(asyncio.StreamReaderProtocol):
    """Tells that the other side hung up even while nobody reads."""

    def __init__(self, reader, connected, gone):
        super().__init__(reader, connected)
        self._gone = gone

    def eof_received(self):
        self._gone.set()
        return super().eof_received()

    def connection_lost(self, error):
        self._gone.set()
        super().connection_lost(error)


class Client:
    """
    The server's side of one connection.

    Attributes:
        gone: Set when the client hung up, or was made to.
        opened_at: In the loop's time.
    """

    def __init__(self, reader, writer, gone):
        self.gone = gone
        self.opened_at = asyncio.get_running_loop().time()
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD_BYTES)
        self._method = b""

    async def read(self) -> Request | None:
        """Return the next request; None when there will be none."""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        elif self._http.our_state is not h11.IDLE:
            return None  # MUST_CLOSE: either side said so
        request, body = None, []
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                self._method = bytes(request.method)
                headers = [(bytes(name), bytes(value)) for name, value in request.headers]
                return Request(self._method, bytes(request.target), headers, b"".join(body))
            else:  # ConnectionClosed
                return None

    def encode(self, answer: Answer) -> bytes:
        """Return *answer* as it goes over this connection."""
        is_head = self._method == b"HEAD"
        kept = {b"content-length"} if is_head else set()
        dropped = _NOT_PASSED_ON - kept
        headers = [pair for pair in answer.headers if pair[0].lower() not in dropped]
        if not is_head and answer.status not in _NO_BODY:
            headers.append((b"content-length", str(len(answer.body)).encode()))
        events = [
            h11.Response(status_code=answer.status, headers=headers, reason=answer.reason),
            *([h11.Data(data=answer.body)] if answer.body and not is_head else []),
            h11.EndOfMessage(),
        ]
        return b"".join(self._http.send(event) or b"" for event in events)

    async def write(self, data: bytes) -> None:
        """Write *data*; nothing happens when the client is gone."""
        if self.gone.is_set():
            return
        self._writer.write(data)
        try:
            await self._writer.drain()
        except ConnectionError:
            self.gone.set()

    def reset(self) -> None:
        """Break the connection, so that the client sees a reset."""
        self.gone.set()
        raw = self._writer.get_extra_info("socket")
        if raw is not None and raw.fileno() != -1:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        self._writer.close()

    async def _next_event(self):
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._http.they_are_waiting_for_100_continue:
                going_on = h11.InformationalResponse(status_code=100, headers=[])
                await self.write(self._http.send(going_on))
            try:
                data = await self._reader.read(_CHUNK_BYTES)
            except ConnectionError:
                data = b""
            if not data and self._http.their_state is h11.SEND_BODY:
                return h11.ConnectionClosed()  # h11 would call it an error
            self._http.receive_data(data)


async def listen(serve, sock: socket.socket) -> asyncio.Server:
    """Call ``await serve(client)`` for each connection that *sock* accepts."""
    loop = asyncio.get_running_loop()

    def new_protocol():
        gone = asyncio.Event()
        reader = asyncio.StreamReader(limit=_CHUNK_BYTES)

        async def connected(reader, writer):
            await serve(Client(reader, writer, gone))

        return _Protocol(reader, connected, gone)

    return await loop.create_server(new_protocol, sock=sock, backlog=1024)


async def ask(host: str, port: int, request: Request, on_sent) -> Answer:
    """
    Send *request* over a connection of its own, and return the answer.

    Args:
        on_sent: Called when all of it is on its way.

    Raises:
        OSError, h11.RemoteProtocolError: There was no answer.
    """
    reader, writer = await asyncio.open_connection(host, port)
    try:
        http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)
        headers = [pair for pair in request.headers if pair[0].lower() not in _NOT_PASSED_ON]
        headers.append((b"connection", b"close"))
        if request.body or request.header(b"content-length"):
            headers.append((b"content-length", str(len(request.body)).encode()))
        head = h11.Request(method=request.method, target=request.target, headers=headers)
        writer.write(http.send(head))
        if request.body:
            writer.write(http.send(h11.Data(data=request.body)))
        http.send(h11.EndOfMessage())
        await writer.drain()
        on_sent()
        return await _read_answer(http, reader)
    finally:
        writer.close()


async def _read_answer(http, reader) -> Answer:
    response, body = None, []
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(_CHUNK_BYTES))
        elif isinstance(event, h11.Response):
            response = event
        elif isinstance(event, h11.Data):
            body.append(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            headers = [(bytes(name), bytes(value)) for name, value in response.headers]
            return Answer(response.status_code, headers, b"".join(body), bytes(response.reason))
        elif isinstance(event, h11.ConnectionClosed):
            raise ConnectionResetError("the server hung up")
