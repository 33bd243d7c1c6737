"""One call, as a developer takes it away: a curl command, a test, an entry of a HAR file."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of the connection, or of the program that sent it: curl has its own.
_NOT_COPIED = {"accept-encoding", "connection", "content-length", "host"}
_TESTED = ("confirm", "cancel")


def as_curl(call: Mapping[str, Any], origin: str) -> str:
    """
    Return a command that sends the same again.

    Args:
        call: As the ledger has it.
        origin: The endpoint's.
    """
    asked = call["request"]
    parts = ["curl", "-i", "-X", asked["method"], origin + asked["path"]]
    for name, value in asked["headers"].items():
        if name.lower() not in _NOT_COPIED:
            parts += ["-H", f"{name}: {value}"]
    if asked["body"]:
        parts += ["--data-raw", asked["body"]]
    return shlex.join(parts)


def as_pytest(call: Mapping[str, Any]) -> str | None:
    """Return a test that expects the same of a page; ``None``: no page sends such a call."""
    if call["action"] not in _TESTED or not call["smid"]:
        return None
    what = json.dumps(call["smid"])
    if call["categories"]:
        what += f", {json.dumps(call['categories'], ensure_ascii=False)}"
    lines = [
        "def test_the_page(unsub_page, unsub_server):",
        '    unsub_page.goto("http://localhost:3000/unsubscribe")  # your page, with the smid',
        '    unsub_page.get_by_role("button", name="Unsubscribe").click()',
        "",
    ]
    if call["verdict"] != "good":
        lines.append(
            f"    # It was refused, {_one_line(call['reason'])}: this fails until it is not."
        )
    lines.append(f"    unsub_server.expect_{call['action']}({what})")
    return "\n".join(lines) + "\n"


def as_har_entry(call: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Return it as an entry of HTTP Archive 1.2; what was not kept is -1, as that says."""
    asked, answer = call["request"], call["answer"]
    headers = [{"name": name, "value": value} for name, value in asked["headers"].items()]
    entry: dict[str, Any] = {
        "startedDateTime": call["at"],
        "time": 0,
        "request": {
            "method": asked["method"],
            "url": origin + asked["path"],
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers,
            "queryString": [
                {"name": name, "value": value}
                for name, value in parse_qsl(urlsplit(asked["path"]).query, keep_blank_values=True)
            ],
            "headersSize": -1,
            "bodySize": len(asked["body"].encode()),
        },
        "response": {
            "status": answer["status"],
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "content": {
                "size": len(answer["body"].encode()),
                "mimeType": "application/json" if answer["body"][:1] == "{" else "text/html",
                "text": answer["body"],
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "comment": f"{call['verdict']}: {call['reason']}",
    }
    if asked["body"]:
        content_type = asked["headers"].get("Content-Type", "")
        entry["request"]["postData"] = {
            "mimeType": content_type,
            "params": [],
            "text": asked["body"],
        }
    return entry


def _one_line(text: str) -> str:
    return " ".join(text.split())
