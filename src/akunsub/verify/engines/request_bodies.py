"""
Tells Playwright the bodies of requests that a stock Firefox is about to send.

Playwright 1.65.2 leaves ``post_data`` empty over WebDriver BiDi. Firefox (ESR 153.7) has the body
while a route holds the request, but has to be asked; what it says goes on to Playwright in a
header, which comes off again on the way back.
https://www.w3.org/TR/webdriver-bidi/#command-network-getData
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: Of a routed request: its body in base64. Never sent to a server.
BODY_HEADER = "x-akunsub-body"

# Playwright counts its commands from 1.
_FIRST_ID = 2**40
_MAX_BODY_BYTES = 32 * 1024 * 1024


class RequestBodies:
    """
    The messages of one Firefox to Playwright, on their way.

    Args:
        send: To Firefox.
    """

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._held: dict[int, dict[str, Any]] = {}
        self._next_id = _FIRST_ID

    def __call__(self, message: str) -> str | None:
        """Return *message*, or what it was waiting for; ``None``: it is held, or only for us."""
        if self._next_id == _FIRST_ID and '"type":"success"' in message:
            # The first success is the session's. What is sent before this has no body to be told.
            limit = {"dataTypes": ["request"], "maxEncodedDataSize": _MAX_BODY_BYTES}
            self._ask("network.addDataCollector", limit)
        if '"isBlocked":true' in message:
            return self._hold(message)
        # Nearly all are Playwright's: they are not worth parsing.
        if '"id":1' not in message:
            return message
        answer = json.loads(message)
        if answer.get("id", 0) < _FIRST_ID:
            return message
        event = self._held.pop(answer["id"], None)
        if event is None:
            return None
        if answer["type"] == "success":
            event["params"]["request"]["headers"].append(_as_header(answer["result"]["bytes"]))
        return json.dumps(event)

    def _hold(self, message: str) -> str | None:
        event = json.loads(message)
        request = event.get("params", {}).get("request", {})
        if event.get("method") != "network.beforeRequestSent" or not request.get("bodySize"):
            return message
        command = {"dataType": "request", "request": request["request"]}
        self._held[self._ask("network.getData", command)] = event
        return None

    def _ask(self, method: str, params: dict[str, Any]) -> int:
        own_id = self._next_id
        self._next_id += 1
        self._send(json.dumps({"id": own_id, "method": method, "params": params}))
        return own_id


def without_body(message: str) -> str:
    """Return *message*, one command to Firefox, without the header of ours."""
    if BODY_HEADER not in message:
        return message
    command = json.loads(message)
    headers = command.get("params", {}).get("headers")
    if headers:
        command["params"]["headers"] = [one for one in headers if one["name"] != BODY_HEADER]
    return json.dumps(command)


def _as_header(body: dict[str, str]) -> dict[str, Any]:
    value = body["value"]
    if body["type"] == "string":
        value = base64.b64encode(value.encode()).decode()
    return {"name": BODY_HEADER, "value": {"type": "string", "value": value}}
