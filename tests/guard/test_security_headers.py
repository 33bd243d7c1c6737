"""Headers that keep a browser from doing more with an answer than was meant: on every one."""

import re

import pytest

from tests.conftest import SCRIPT_ID, SMID
from tests.guard.conftest import TOKEN

PAGE = {"accept": "text/html"}
VALUES = {"call_id": "1", "resource_id": "73", "smid": SMID, "filename": "system.css"}
# What is answered before routing, and errors; with the status that they have, in production.
BEFORE_ROUTING = [
    ("POST", "/unsub/confirm", {"data": {"smid": SMID, "id": SCRIPT_ID}}, 200),
    ("POST", "/unsub/confirm", {"data": {"smid": SMID, "id": SCRIPT_ID}, "headers": PAGE}, 200),
    ("POST", "/unsub/confirm", {"content": b"{"}, 400),
    ("POST", "/unsub/confirm", {"content": b"{", "headers": PAGE}, 400),
    ("GET", "/unsub/confirm", {"headers": PAGE}, 405),
    ("POST", "/unsub/confirm", {"content": b"x" * 70_000, "headers": PAGE}, 413),
    ("GET", f"/unsub/state?smid={SMID}", {}, 200),
    ("OPTIONS", "/unsub/confirm", {}, 204),
    ("GET", "/unsub/nosuch", {"headers": PAGE}, 404),
    ("GET", f"/u/{SMID}", {}, 200),
    ("GET", "/u/nosuch", {}, 404),
    ("POST", f"/u/{SMID}", {"data": {"List-Unsubscribe": "One-Click"}}, 200),
    ("PUT", f"/u/{SMID}", {}, 405),
    ("GET", f"/u/{SMID}", {"headers": {"sec-purpose": "prefetch"}}, 503),
    ("GET", f"/manage/{SMID}", {}, 200),
    ("POST", f"/manage/{SMID}", {"data": {"do": "unsubscribe"}}, 303),
    ("POST", f"/manage/{SMID}", {"data": {"do": "nosuch"}}, 400),
    ("GET", "/manage/nosuch", {}, 404),
    ("POST", "/api/v1.1/subscriptions/get", {"json": {}}, 401),
    ("POST", "/api/v1.1/nosuch?format=xml", {"json": {}}, 404),
    ("GET", "/nosuch", {}, 404),
    ("GET", f"/ak_list_unsubscribe.js?id={SCRIPT_ID}", {}, 200),
    ("GET", "/ak_list_unsubscribe.js?id=nosuch", {}, 404),
    ("GET", "/_unsub", {}, 308),
    ("GET", "/_unsub/calls?verdict=x", {"headers": PAGE}, 400),
    ("DELETE", "/_unsub/calls", {}, 405),
    ("GET", "/broken", {"headers": PAGE}, 500),
]


def let_one_break(app):
    app.add_url_rule("/broken", "broken", lambda: 1 // 0)


def problems(answer):
    """What is missing or weak, in words."""
    headers, found = answer.headers, []
    if headers.get("x-content-type-options") != "nosniff":
        found.append("sniffed")
    if headers.get("referrer-policy") != "no-referrer":
        found.append("the address goes on")
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in headers.get("content-security-policy", "").split(";")
    )
    if policy.get("default-src") != "'none'":
        found.append("may load anything")
    if "unsafe" in headers.get("content-security-policy", ""):
        found.append("runs anything")
    if policy.get("frame-ancestors") != "'none'":
        found.append("framed")
    if policy.get("base-uri") != "'none'":
        found.append("base")
    is_for_all = answer.request.url.path.startswith(("/_static/", "/ak_list_unsubscribe"))
    if "cache-control" not in headers or not (is_for_all or headers["cache-control"] == "no-store"):
        found.append("kept")
    return found


def paths_of(app):
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: VALUES.get(found[1], "nosuch"), rule.rule)
        yield from ((method, path) for method in rule.methods)


@pytest.mark.parametrize("production", [True, False])
def test_they_are_on_whatever_has_a_route(start, production):
    apps = []
    endpoint = start(production=production, prepare=apps.append)
    endpoint.ask("POST", "/unsub/confirm", data={"smid": SMID, "id": SCRIPT_ID})

    found, asked = {}, set()
    for method, path in sorted(paths_of(apps[0])):
        with endpoint.http.stream(
            method, f"{endpoint.url}{path}", auth=("", TOKEN), headers=PAGE
        ) as answer:
            asked.add((method, path))
            if wrong := problems(answer):
                found[method, path] = wrong

    assert found == {}
    assert {("GET", "/_unsub/"), ("GET", "/_unsub/events"), ("GET", "/_unsub/calls/1")} <= asked


def test_they_are_on_what_has_none_and_on_errors(start):
    endpoint = start(prepare=let_one_break)

    got, found = [], {}
    for method, path, options, _ in BEFORE_ROUTING:
        auth = ("", TOKEN) if path.startswith("/_unsub") else None
        answer = endpoint.http.request(method, f"{endpoint.url}{path}", auth=auth, **options)
        got.append((method, path, answer.status_code))
        if wrong := problems(answer):
            found[method, path, answer.status_code] = wrong

    assert got == [(method, path, status) for method, path, _, status in BEFORE_ROUTING]
    assert found == {}


def test_they_are_on_what_a_guard_refuses(start):
    endpoint = start('[server]\nhosts = ["pxl.example.com"]')
    limited = start('[server]\ntrusted_proxies = 1\n[limits]\nper_address = "1/day"')
    limited.ask("GET", f"/u/{SMID}")

    refused = [
        endpoint.ask("GET", f"/u/{SMID}"),
        limited.ask("GET", f"/u/{SMID}"),
        limited.ask("GET", "/_unsub/"),
    ]

    assert [answer.status_code for answer in refused] == [400, 429, 401]
    assert [problems(answer) for answer in refused] == [[], [], []]


class TestHsts:
    SERVER = "[server]\ntrusted_proxies = 1\nhsts_seconds = 86400"

    def said(self, endpoint, proto):
        headers = {"X-Forwarded-Proto": proto} if proto else {}
        answer = endpoint.ask("GET", f"/u/{SMID}", headers=headers)
        return answer.headers.get("strict-transport-security")

    def test_it_is_said_to_who_came_by_https(self, start):
        endpoint = start(self.SERVER)

        assert [self.said(endpoint, proto) for proto in ("https", "http", None)] == [
            "max-age=86400",
            None,
            None,
        ]

    def test_nothing_is_said_unless_it_is_asked_for(self, start):
        assert self.said(start("[server]\ntrusted_proxies = 1"), "https") is None

    def test_without_a_proxy_nobody_is_believed_to_have_come_by_https(self, start):
        assert self.said(start("[server]\nhsts_seconds = 86400"), "https") is None
