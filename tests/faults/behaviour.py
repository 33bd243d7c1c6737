"""What each fault does to one request on its way."""

from __future__ import annotations

import asyncio
import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.faults.http1 import Answer, ask

if TYPE_CHECKING:
    from tests.faults.fault import Fault

_PIECES = 40
_PORTAL = b"<!doctype html><title>Wi-Fi</title><h1>Please log in to go on</h1>"


class Armed:
    """A fault since it was armed: what is left of it, and what waits for it to end."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.used = 0
        self.released = asyncio.Event()
        self.ended = asyncio.Event()
        self._at = time.monotonic()

    @property
    def left_s(self) -> float | None:
        """How long it goes on; None: for ever."""
        if self.fault.for_s is None:
            return None
        return max(0.0, self._at + self.fault.for_s - time.monotonic())

    @property
    def is_active(self) -> bool:
        fault = self.fault
        is_left = (fault.times is None or self.used < fault.times) and self.left_s != 0
        return is_left and not (self.released.is_set() or self.ended.is_set())

    async def wait(self, seconds: float | None, *others: asyncio.Event) -> None:
        """Wait *seconds*, or until it is released or ended, or one of *others* is set."""
        events = [self.released, self.ended, *others]
        waiting = [asyncio.ensure_future(event.wait()) for event in events]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()


class Exchange:
    """One request on its way, for the functions below."""

    def __init__(self, upstream, client, request, record, armed, way_s) -> None:
        self.client = client
        self.request = request
        self.armed = armed
        self.fault = armed.fault
        self._upstream = upstream
        self._record = record
        self._way_s = way_s

    async def forward(self) -> Answer:
        return await ask(*self._upstream, self.request, self._reached)

    async def answer(self, answer: Answer, *, takes_s: float = 0, pieces: int = 1) -> str:
        if self._way_s:
            await asyncio.sleep(self._way_s)
        self._record["status"] = answer.status
        self._record["answered_at"] = time.time()
        data = self.client.encode(answer)
        size = -(-len(data) // pieces)
        for start in range(0, len(data), size):
            if takes_s:
                await self.armed.wait(takes_s / pieces, self.client.gone)
            if self.armed.ended.is_set() and takes_s:
                return self.drop("dropped by the next fault")
            await self.client.write(data[start : start + size])
        return "client gone" if self.client.gone.is_set() else "answered"

    async def answer_half(self, answer: Answer) -> str:
        data = self.client.encode(answer)
        await self.client.write(data[: len(data) - len(answer.body) // 2 - 1])
        # A reset throws away what is still on its way.
        await asyncio.sleep(0.05)
        return self.drop("cut")

    def drop(self, why: str) -> str:
        self.client.reset()
        return why

    def _reached(self) -> None:
        self._record["reached"] = True
        self._record["reached_at"] = time.time()


async def _pass(exchange: Exchange) -> str:
    return await exchange.answer(await exchange.forward())


async def _drop_before(exchange: Exchange) -> str:
    return exchange.drop("dropped before the server")


async def _drop_after(exchange: Exchange) -> str:
    await exchange.forward()
    return exchange.drop("dropped after the server")


async def _cut(exchange: Exchange) -> str:
    return await exchange.answer_half(await exchange.forward())


async def _status(exchange: Exchange) -> str:
    fault = exchange.fault
    phrase = HTTPStatus(fault.status).phrase
    headers = [(b"content-type", b"application/json"), *_cors(exchange)]
    if fault.retry_after is not None:
        headers.append((b"retry-after", fault.retry_after.encode()))
    body = json.dumps({"error": fault.status, "error_text": phrase}).encode()
    return await exchange.answer(Answer(fault.status, headers, body, phrase.encode()))


async def _captive_portal(exchange: Exchange) -> str:
    headers = [(b"content-type", b"text/html"), *_cors(exchange)]
    return await exchange.answer(Answer(200, headers, _PORTAL, b"OK"))


async def _hang(exchange: Exchange) -> str:
    answer = await exchange.forward()
    await exchange.armed.wait(exchange.fault.wait_s)
    if exchange.armed.ended.is_set():
        return exchange.drop("dropped by the next fault")
    return await exchange.answer(answer)


async def _hold(exchange: Exchange) -> str:
    await exchange.armed.wait(exchange.fault.wait_s)
    if exchange.armed.ended.is_set():
        return exchange.drop("dropped by the next fault")
    return await _pass(exchange)


async def _black_hole(exchange: Exchange) -> str:
    await exchange.armed.wait(exchange.armed.left_s, exchange.client.gone)
    if exchange.armed.ended.is_set():
        return exchange.drop("dropped by the next fault")
    if exchange.client.gone.is_set():
        return "client gone"
    return await _pass(exchange)


async def _trickle(exchange: Exchange) -> str:
    answer = await exchange.forward()
    return await exchange.answer(answer, takes_s=exchange.fault.wait_s, pieces=_PIECES)


BEHAVIOURS = {
    "pass": _pass,
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "cut": _cut,
    "status": _status,
    "captive_portal": _captive_portal,
    "hang": _hang,
    "hold": _hold,
    "black_hole": _black_hole,
    "trickle": _trickle,
}


def _cors(exchange: Exchange) -> list[tuple[bytes, bytes]]:
    """What the endpoint says so that pages can read an answer (pixel/unsub.py)."""
    if not exchange.fault.cors:
        return []
    origin = exchange.request.header(b"origin")
    return [
        (b"access-control-allow-origin", origin or b"*"),
        *([(b"access-control-allow-credentials", b"true")] if origin else []),
        (b"access-control-expose-headers", b"Duplicate-Request, Retry-After, X-Unsub-Verdict"),
        (b"vary", b"Accept, Accept-Language, Origin"),
    ]
