"""The bare ways in which a page can send something, without any library."""

from __future__ import annotations

from benchmarks.peers.sender import Sender

_START = "let target; window.start = ({ url }) => { target = url + '/raw'; };\n"
_BODY = "new URLSearchParams({ mark })"


def _sender(key: str, name: str, send: str, settings: str = "") -> Sender:
    return Sender(
        key=key,
        name=name,
        settings=settings,
        source=f"{_START}window.send = (mark) => {{ {send} }};\n",
        retries=False,
    )


SENDERS = (
    _sender("fetch", "fetch", f"fetch(target, {{ method: 'POST', body: {_BODY} }});"),
    _sender(
        "keepalive",
        "fetch keepalive",
        f"fetch(target, {{ method: 'POST', keepalive: true, body: {_BODY} }});",
        "keepalive: true",
    ),
    _sender("beacon", "sendBeacon", f"navigator.sendBeacon(target, {_BODY});"),
    _sender("image", "image", "new Image().src = target + '?mark=' + mark;"),
    _sender(
        "xhr",
        "XHR",
        f"const xhr = new XMLHttpRequest(); xhr.open('POST', target); xhr.send({_BODY});",
    ),
)
