"""
A proxy that breaks things: ``python -m tests.faults.proxy``, a process of its own.

It holds many *lanes*. A lane is a port, and so an origin, of its own in front of one server, with
a fault of its own (``fault.py``), so that many cases run side by side. From Python:

    from tests.faults.client import FaultProxy
    from tests.faults.fault import Fault

    with FaultProxy() as proxy:                              # ends the process, whatever happens
        with proxy.lane(endpoint.url, kind="status", status=503, times=2) as lane:
            ...  lane.url is what the page is told as pxl_domain  ...
            lane.arm(kind="down", for_s=3)                   # counted from now on
            lane.arm(Fault(kind="hold"))                     # … until:
            lane.release()                                   # what is held goes on
            lane.requests                                    # what it saw, a list of dicts:
            # connection, method, path, headers, body, at, fault, reached, reached_at, status,
            # answered_at (when its answer began), end ("answered", "client gone", "dropped …",
            # …; None: under way), ended_at
            lane.connections                                 # id, at, requests, is_open
            lane.wait(lambda lane: len(lane.requests) > 1)   # look until it is so

Without a fault a lane passes everything through, over connections that stay open. Times are
seconds since the epoch. ``Fault(delay_ms=50)`` is a round trip of 100 ms and nothing wrong.

Over HTTP, at the port that the process prints as ``{"port": …}``, in JSON:

    POST   /lanes             {"upstream": "http://127.0.0.1:8025", "fault": {"kind": "hang", …}}
                              → {"id": 0, "port": …}
    PUT    /lanes/0/fault     {"kind": "pass"}: arms it; drops what still hangs from before
    POST   /lanes/0/release   lets what is held go on
    GET    /lanes/0           → {"fault", "is_active", "used", "is_listening", "connections",
                                 "requests"}
    DELETE /lanes/0

The process ends when its standard input does, so it never outlives who started it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys

from tests.faults.fault import Fault
from tests.faults.http1 import Answer, Client, Request, listen
from tests.faults.lane_server import LaneServer


class Control:
    """The lanes, and the requests about them."""

    def __init__(self) -> None:
        self._lanes: dict[int, LaneServer] = {}

    async def serve(self, client: Client) -> None:
        while request := await client.read():
            try:
                status, told = 200, await self._answer(request)
            except LookupError as error:
                status, told = 404, {"error": repr(error)}
            except (TypeError, ValueError) as error:
                status, told = 400, {"error": str(error)}
            body = json.dumps(told).encode()
            await client.write(
                client.encode(Answer(status, [(b"content-type", b"application/json")], body))
            )
        client.close()

    async def _answer(self, request: Request) -> dict:
        root, *parts = request.target.decode().strip("/").split("/")
        body = json.loads(request.body or b"{}")
        if root != "lanes":
            raise LookupError(root)
        if not parts:
            return await self._new_lane(body["upstream"], Fault(**body.get("fault", {})))
        number, *rest = parts
        lane = self._lanes[int(number)]
        match request.method, rest:
            case b"GET", []:
                return lane.report()
            case b"DELETE", []:
                self._lanes.pop(int(number)).close()
            case b"PUT", ["fault"]:
                await lane.arm(Fault(**body))
            case b"POST", ["release"]:
                lane.release()
            case _:
                raise LookupError(rest)
        return {}

    async def _new_lane(self, upstream: str, fault: Fault) -> dict:
        lane = LaneServer(upstream)
        number = max(self._lanes, default=-1) + 1
        self._lanes[number] = lane
        await lane.arm(fault)
        return {"id": number, "port": lane.port}


async def _run() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    await listen(Control().serve, listener)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)  # noqa: T201
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(_run())
