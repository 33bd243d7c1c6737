"""
Answers that our endpoint does not give, or not at will, from a stub of a few lines.

What the SDK makes of each: a promise resolves only with the endpoint's own word.
"""

from __future__ import annotations

import socket

import pytest
from flask import Flask, Response

from akunsub.pixel.server import Server
from akunsub.verify.engines import press
from tests.browser.pages import button, logged, sdk_tag, watched
from tests.conftest import SMID

PENDING = (
    '{"error":0,"error_text":"Successful operation","profile_id":"658997338e8f4032d92fd56d",'
    '"status":"pending","already":false,"categories":[],"seconds_left":1799}'
)
SUCCESS = PENDING.replace("pending", "unsubscribed").replace("1799", "0")


def refusal(code, error):
    return f'{{"error":{error},"error_text":"because","code":"{code}"}}'


ANSWERS = [
    ("pending", 200, PENDING, ("resolved", "pending", 1799)),
    ("prevented", 403, refusal("prevented", 403), ("rejected", "prevented", 403)),
    ("too late", 410, refusal("too_late", 410), ("rejected", "too_late", 410)),
    ("a no with status 200", 200, refusal("x", 400), ("rejected", "refused", 400)),
    ("a no without words", 403, "<h1>Forbidden</h1>", ("rejected", "refused", 403)),
    ("a captive portal", 200, "<h1>Please log in</h1>", ("rejected", "unreachable", None)),
    ("nothing at all", 200, "", ("rejected", "unreachable", None)),
    ("JSON, but not an envelope", 200, "[]", ("rejected", "unreachable", None)),
    ("null", 200, "null", ("rejected", "unreachable", None)),
    ("cut off", 200, SUCCESS[:-9], ("rejected", "unreachable", None)),
    ("success with status 500", 500, SUCCESS, ("rejected", "unreachable", None)),
    ("500", 500, "{}", ("rejected", "unreachable", None)),
    ("503 in words", 503, refusal("store_unavailable", 503), ("rejected", "unreachable", None)),
    ("408", 408, "", ("rejected", "unreachable", None)),
    ("429", 429, "{}", ("rejected", "unreachable", None)),
]


@pytest.fixture
def stub():
    app = Flask("tests.stub")
    current = {}

    @app.post("/unsub/confirm")
    def confirm():
        return Response(
            current["body"], current["status"], headers={"Access-Control-Allow-Origin": "*"}
        )

    with Server(app) as server:
        yield server.url, current


def call_to(url):
    return watched(f"new AkUnsub({{pxl_domain: '{url}'}}).confirmUnsub('{SMID}')")


def test_each_answer_is_told_for_what_it_is(engine, page, site, endpoint, stub):
    url, current = stub
    page.goto(site.add(sdk_tag(endpoint) + button(call_to(url))))

    told = []
    counts = {"resolved": 0, "rejected": 0}
    for _, status, body, (kind, _, _) in ANSWERS:
        current.update(status=status, body=body)
        press(engine, page, "#b")
        counts[kind] += 1
        value = logged(page, kind, counts[kind])[-1]
        told.append(
            (kind, value["status"], value["seconds_left"])
            if kind == "resolved"
            else (kind, value["code"], value.get("error"))
        )

    assert told == [row[3] for row in ANSWERS]


@pytest.mark.parametrize("host", ["127.0.0.1:{closed}", "http://127.0.0.1:{closed}"])
def test_nobody_there_is_unreachable(engine, page, site, endpoint, host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    page.goto(site.add(sdk_tag(endpoint) + button(call_to(host.format(closed=closed)))))

    press(engine, page, "#b")

    (error,) = logged(page, "rejected")
    scheme = "" if host.startswith("http") else "https://"
    assert error == {
        "name": "AkUnsubError",
        "code": "unreachable",
        "message": f"unreachable: {scheme}{host.format(closed=closed)}",
        "saved": False,
    }
