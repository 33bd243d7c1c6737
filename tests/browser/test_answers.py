"""
Answers that our endpoint does not give, or not at will, from a stub of a few lines.

What the SDK makes of each: a promise resolves only with the endpoint's own word.
"""

from __future__ import annotations

import pytest
from flask import Flask, Response

from akunsub.pixel.server import Server
from akunsub.verify.engines import press
from tests.browser.pages import SUCCESS, button, logged, sdk_tag, watched
from tests.conftest import SMID

PENDING = SUCCESS.replace("unsubscribed", "pending").replace('left":0', 'left":1799')


def refusal(code, error):
    return f'{{"error":{error},"error_text":"because","code":"{code}"}}'


FINAL = [
    ("pending", 200, PENDING, ("resolved", "pending", 1799)),
    ("prevented", 403, refusal("prevented", 403), ("rejected", "prevented", 403)),
    ("too late", 410, refusal("too_late", 410), ("rejected", "too_late", 410)),
    ("a no with status 200", 200, refusal("x", 400), ("rejected", "refused", 400)),
    ("a no without words", 403, "<h1>Forbidden</h1>", ("rejected", "refused", 403)),
]
NO_ANSWERS = {
    "a captive portal": (200, "<h1>Please log in</h1>"),
    "nothing at all": (200, ""),
    "JSON, but not an envelope": (200, "[]"),
    "null": (200, "null"),
    "cut off": (200, SUCCESS[:-9]),
    "success with status 500": (500, SUCCESS),
    "503 in words": (503, refusal("store_unavailable", 503)),
    "408": (408, ""),
    "429": (429, "{}"),
}


@pytest.fixture
def stub():
    app = Flask("tests.stub")
    answers = []

    @app.post("/unsub/confirm")
    def confirm():
        status, body = answers.pop(0)
        return Response(body, status, headers={"Access-Control-Allow-Origin": "*"})

    with Server(app) as server:
        yield server.url, answers


def call_to(url):
    return watched(f"new AkUnsub({{pxl_domain: '{url}'}}).confirmUnsub('{SMID}')")


def test_each_answer_is_told_for_what_it_is(engine, page, site, endpoint, stub):
    url, answers = stub
    page.goto(site.add(sdk_tag(endpoint) + button(call_to(url))))

    told = []
    counts = {"resolved": 0, "rejected": 0}
    for _, status, body, (kind, _, _) in FINAL:
        answers.append((status, body))
        press(engine, page, "#b")
        counts[kind] += 1
        value = logged(page, kind, counts[kind])[-1]
        told.append(
            (kind, value["status"], value["seconds_left"])
            if kind == "resolved"
            else (kind, value["code"], value.get("error"))
        )

    assert told == [row[3] for row in FINAL]


def test_what_is_not_the_endpoints_word_is_no_answer(engine, page, site, endpoint, stub):
    """It is asked again, and the page is told only what the endpoint said in the end."""
    url, answers = stub
    # One press each, side by side: each has a backoff to wait for.
    buttons = "".join(
        button(call_to(url).replace(SMID, f"f{number}"), f"b{number}")
        for number in range(len(NO_ANSWERS))
    )
    page.goto(site.add(sdk_tag(endpoint) + buttons))
    for number, answer in enumerate(NO_ANSWERS.values()):
        answers.append(answer)
        press(engine, page, f"#b{number}")

    answers += [(200, SUCCESS)] * len(NO_ANSWERS)

    logged(page, "resolved", len(NO_ANSWERS))
    assert logged(page, "rejected", 0) == []
    assert answers == []
