"""The fault proxy itself, without a browser: each fault as a plain HTTP client meets it."""

from __future__ import annotations

import socket
import threading
import time
from itertools import pairwise

import httpx
import pytest
from flask import Flask, request

from akunsub.pixel.server import Server
from tests.faults.fault import Fault

SOON_S = 0.3
BIG = b"x" * 3_000_000


class Upstream:
    """A server that counts what reached it."""

    def __init__(self):
        self.bodies = []
        app = Flask("tests.faults.upstream")

        @app.route("/echo", methods=["GET", "HEAD", "POST"])
        def echo():
            self.bodies.append(request.get_data())
            return request.get_data() or b"nothing", 201, {"X-Method": request.method}

        self.server = Server(app)
        self.url = self.server.url


@pytest.fixture
def upstream():
    served = Upstream()
    with served.server:
        yield served


@pytest.fixture
def lane(proxy, upstream):
    with proxy.lane(upstream.url) as opened:
        yield opened


@pytest.fixture
def browser():
    """Keeps connections open, as browsers do."""
    with httpx.Client(timeout=20, trust_env=False) as client:
        yield client


def post(browser, lane, body=b"a", **options):
    return browser.post(f"{lane.url}/echo", content=body, **options)


def ends(lane):
    return [(one["end"], one["reached"]) for one in lane.requests]


def in_background(work):
    outcome = []

    def run():
        try:
            outcome.append(work())
        except httpx.HTTPError as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def test_without_a_fault_all_passes_over_one_connection(lane, upstream, browser):
    answers = [
        browser.get(f"{lane.url}/echo"),
        browser.head(f"{lane.url}/echo"),
        post(browser, lane),
        post(browser, lane, BIG),
        browser.options(f"{lane.url}/echo"),
        post(browser, lane, iter([b"in ", b"pieces"])),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 201, 200, 201]
    assert [answer.headers.get("X-Method") for answer in answers[:3]] == ["GET", "HEAD", "POST"]
    assert answers[1].headers["Content-Length"] == str(len(b"nothing"))
    assert upstream.bodies == [b"", b"", b"a", BIG, b"in pieces"]
    (connection,) = lane.connections
    assert connection["requests"] == 6
    assert {one["end"] for one in lane.requests} == {"answered"}
    assert [one["method"] for one in lane.requests][:3] == ["GET", "HEAD", "POST"]


def test_a_client_that_expects_100_continue_is_told_to_go_on(lane, upstream):
    with socket.create_connection(("127.0.0.1", lane.port)) as raw:
        raw.sendall(
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        interim = raw.recv(4096)
        raw.sendall(b"ok")
        answer = raw.recv(4096)

    assert interim.startswith(b"HTTP/1.1 100")
    assert answer.startswith(b"HTTP/1.1 201")
    assert upstream.bodies == [b"ok"]


@pytest.mark.parametrize(
    ("kind", "end", "reached"),
    [
        ("drop_before", "dropped before the server", False),
        ("drop_after", "dropped after the server", True),
        ("cut", "cut", True),
    ],
)
def test_a_connection_is_dropped_so_many_times(lane, upstream, browser, kind, end, reached):
    lane.arm(kind=kind, times=2)

    for _ in range(2):
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            post(browser, lane, BIG)
    answer = post(browser, lane)

    assert answer.status_code == 201
    assert ends(lane) == [(end, reached), (end, reached), ("answered", True)]
    assert len(upstream.bodies) == (3 if reached else 1)


@pytest.mark.parametrize("status", [403, 408, 429, 500, 503])
def test_a_status_is_answered_in_the_servers_place(lane, upstream, browser, status):
    lane.arm(kind="status", status=status, times=1, retry_after="2")

    refused = post(browser, lane, headers={"Origin": "http://page.test"})
    answer = post(browser, lane)

    assert refused.status_code == status
    assert refused.headers["Retry-After"] == "2"
    assert refused.headers["Access-Control-Allow-Origin"] == "http://page.test"
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]
    assert refused.json()["error"] == status
    assert answer.status_code == 201
    assert ends(lane) == [("answered", False), ("answered", True)]


@pytest.mark.parametrize("cors", [True, False])
def test_a_captive_portal_answers_with_its_own_page(lane, upstream, browser, cors):
    lane.arm(kind="captive_portal", cors=cors)

    answer = post(browser, lane)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert ("Access-Control-Allow-Origin" in answer.headers) is cors
    assert upstream.bodies == []


def test_hang_lets_the_server_know_at_once_and_hold_does_not(lane, upstream, browser):
    lane.arm(kind="hang", wait_s=SOON_S, times=1)
    post(browser, lane)
    lane.arm(kind="hold", wait_s=SOON_S, times=1)
    post(browser, lane)

    hung, held = lane.requests
    assert hung["reached_at"] - hung["at"] < SOON_S
    assert hung["ended_at"] - hung["reached_at"] >= SOON_S
    assert held["reached_at"] - held["at"] >= SOON_S


def test_a_held_request_reaches_the_server_though_the_client_left(lane, upstream):
    lane.arm(kind="hold", times=1)
    with httpx.Client(timeout=SOON_S) as impatient, pytest.raises(httpx.ReadTimeout):
        post(impatient, lane)
    assert upstream.bodies == []

    lane.release()
    lane.wait(lambda lane: lane.requests[0]["end"])

    assert upstream.bodies == [b"a"]
    assert ends(lane) == [("client gone", True)]


def test_what_hangs_is_dropped_by_the_next_fault(lane, upstream, browser):
    lane.arm(kind="hold")
    thread, outcome = in_background(lambda: post(browser, lane))
    lane.wait(lambda lane: lane.requests)

    lane.arm(kind="pass")
    thread.join()

    assert isinstance(outcome[0], httpx.ReadError)
    assert ends(lane) == [("dropped by the next fault", False)]
    assert post(browser, lane).status_code == 201


def test_a_black_hole_ends_and_then_serves_who_still_waits(lane, upstream, browser):
    lane.arm(kind="black_hole", for_s=2 * SOON_S)
    started = time.monotonic()
    with httpx.Client(timeout=SOON_S) as impatient, pytest.raises(httpx.ReadTimeout):
        post(impatient, lane, b"impatient")

    answer = post(browser, lane, b"patient")

    assert answer.status_code == 201
    assert time.monotonic() - started >= 2 * SOON_S
    assert upstream.bodies == [b"patient"]
    assert ends(lane) == [("client gone", False), ("answered", True)]


def test_slow_bytes_arrive_slowly_and_all(lane, upstream, browser):
    lane.arm(kind="trickle", wait_s=SOON_S)
    started = time.monotonic()

    with browser.stream("POST", f"{lane.url}/echo", content=b"abc" * 1000) as answer:
        arrived = [(time.monotonic(), piece) for piece in answer.iter_raw()]

    assert b"".join(piece for _, piece in arrived) == b"abc" * 1000
    assert len(arrived) > 10
    assert arrived[-1][0] - started >= SOON_S * 0.9


def test_a_server_that_is_down_refuses_and_comes_back_on_its_port(lane, upstream, browser):
    post(browser, lane)
    lane.arm(kind="down", for_s=SOON_S)

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{lane.url}/echo")
    lane.wait(lambda lane: lane.report()["is_listening"])

    assert post(browser, lane).status_code == 201
    assert len(lane.requests) == 2


def test_down_without_an_end_lasts_until_the_next_fault(lane, upstream, browser):
    lane.arm(kind="down")
    with pytest.raises(httpx.ConnectError):
        post(browser, lane)

    lane.arm(kind="pass")

    assert post(browser, lane).status_code == 201


def test_delay_is_a_round_trip_for_the_handshake_and_one_for_each_request(lane, browser):
    lane.arm(delay_ms=50)
    times = [time.monotonic()]
    for _ in range(3):
        post(browser, lane)
        times.append(time.monotonic())

    first, *later = [after - before for before, after in pairwise(times)]
    assert 0.2 <= first < 0.3
    assert all(0.1 <= one < 0.2 for one in later)


def test_who_hangs_up_during_the_handshake_has_sent_nothing(lane, upstream):
    lane.arm(delay_ms=100)

    with socket.create_connection(("127.0.0.1", lane.port)) as client:
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na")
        lane.wait(lambda lane: lane.requests)
    lane.wait(lambda lane: lane.requests[0]["end"])

    assert ends(lane) == [("client gone before it was connected", False)]
    assert upstream.bodies == []


def test_preflights_can_be_spared(lane, browser):
    lane.arm(kind="status", status=503, times=1, spares_preflights=True)

    answers = [
        browser.options(f"{lane.url}/echo").status_code,
        *(post(browser, lane).status_code for _ in range(2)),
    ]

    assert answers == [200, 503, 201]


def test_a_connection_opened_early_saves_its_handshake(lane):
    lane.arm(delay_ms=50)
    with socket.create_connection(("127.0.0.1", lane.port)) as raw:
        lane.wait(lambda lane: lane.connections)
        time.sleep(0.1)
        started = time.monotonic()
        raw.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
        raw.recv(4096)
        took = time.monotonic() - started

    assert 0.1 <= took < 0.2


def test_lanes_have_faults_of_their_own(proxy, upstream, browser):
    with (
        proxy.lane(upstream.url, Fault(kind="status", status=500)) as broken,
        proxy.lane(upstream.url) as whole,
    ):
        assert post(browser, broken).status_code == 500
        assert post(browser, whole).status_code == 201
        assert len(broken.requests) == len(whole.requests) == 1


def test_a_server_that_is_not_there_is_a_reset(proxy, browser):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    with proxy.lane(f"http://127.0.0.1:{closed}") as lane:
        with pytest.raises(httpx.ReadError):
            post(browser, lane)
        assert ends(lane)[0][0].startswith("no answer from upstream")
