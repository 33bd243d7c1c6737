"""One lane: a port of its own in front of a server, with a fault in between, and its log."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from urllib.parse import urlsplit

import h11

from tests.faults.behaviour import BEHAVIOURS, Armed, Exchange
from tests.faults.fault import Fault
from tests.faults.http1 import Client, Request, listen


class LaneServer:
    """
    Listens until ``close``.

    Args:
        upstream: Origin of the server behind it, ``http://127.0.0.1:8025``.
    """

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname, parts.port or 80)
        # Bound, but never listening: it keeps the port ours while the server is down.
        self._reservation = _bind(0)
        self.port = self._reservation.getsockname()[1]
        self._listener: asyncio.Server | None = None
        self._clients: set[Client] = set()
        self._reopening: asyncio.Task | None = None
        self._armed = Armed(Fault())
        self._connections: list[dict] = []
        self._requests: list[dict] = []

    async def arm(self, fault: Fault) -> None:
        """Let *fault* begin; what still waits for the one before is dropped."""
        self._armed.ended.set()
        self._armed = Armed(fault)
        if self._reopening:
            self._reopening.cancel()
            self._reopening = None
        if fault.kind == "down":
            self._stop_listening()
            if fault.for_s is not None:
                self._reopening = asyncio.create_task(self._reopen(fault.for_s))
        else:
            await self._start_listening()

    def release(self) -> None:
        """Let what waits go on, and later requests pass."""
        self._armed.released.set()

    def report(self) -> dict:
        armed = self._armed
        return {
            "fault": armed.fault.as_dict(),
            "is_active": armed.is_active,
            "used": armed.used,
            "is_listening": self._listener is not None,
            "connections": self._connections,
            "requests": self._requests,
        }

    def close(self) -> None:
        self._armed.ended.set()
        if self._reopening:
            self._reopening.cancel()
        self._stop_listening()
        self._reservation.close()

    async def _start_listening(self) -> None:
        if self._listener is None:
            self._listener = await listen(self._serve, _bind(self.port))

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for client in self._clients:
            client.reset()

    async def _reopen(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._start_listening()

    async def _serve(self, client: Client) -> None:
        number = len(self._connections)
        connection = {"id": number, "at": time.time(), "requests": 0, "is_open": True}
        self._connections.append(connection)
        self._clients.add(client)
        try:
            while (request := await client.read()) and not client.gone.is_set():
                connection["requests"] += 1
                await self._handle(client, request, self._record(number, request))
        except h11.RemoteProtocolError:
            pass  # what it sends is no HTTP: it is hung up on
        finally:
            self._clients.discard(client)
            connection["is_open"] = False
            client.close()

    def _record(self, connection: int, request: Request) -> dict:
        record = {
            "connection": connection,
            "method": request.method.decode(),
            "path": request.target.decode(),
            "headers": {name.decode().lower(): _text(value) for name, value in request.headers},
            "body": _text(request.body),
            "at": time.time(),
            "fault": "pass",
            "reached": False,
            "reached_at": None,
            "status": None,
            "answered_at": None,
            "end": None,
            "ended_at": None,
        }
        self._requests.append(record)
        return record

    async def _handle(self, client: Client, request: Request, record: dict) -> None:
        armed = self._armed
        way_s = armed.fault.delay_ms / 1000
        if way_s and not await _connect(client, way_s):
            record["end"] = "client gone before it was connected"
            return
        behave = BEHAVIOURS["pass"]
        if armed.is_active and _suffers(armed.fault, request):
            armed.used += 1
            record["fault"] = armed.fault.kind
            behave = BEHAVIOURS[armed.fault.kind]
        if way_s:
            await asyncio.sleep(way_s)
        exchange = Exchange(self._upstream, client, request, record, armed, way_s)
        try:
            end = await behave(exchange)
        except (OSError, h11.RemoteProtocolError) as error:
            record["end"] = f"no answer from upstream: {error!r}"
            client.reset()
        else:
            record["end"] = end
        record["ended_at"] = time.time()


def _suffers(fault: Fault, request: Request) -> bool:
    is_spared = fault.spares_preflights and request.method == b"OPTIONS"
    return fault.kind != "down" and not is_spared


async def _connect(client: Client, way_s: float) -> bool:
    """Wait for the handshake: who hangs up before its end has not sent the request yet."""
    left_s = client.opened_at + 2 * way_s - asyncio.get_running_loop().time()
    if left_s > 0:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(client.gone.wait(), left_s)
            return False
    return True


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _bind(port: int) -> socket.socket:
    bound = socket.socket()
    with contextlib.suppress(AttributeError):  # not on every system
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound
