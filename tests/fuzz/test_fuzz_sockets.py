"""Bytes that are no HTTP, or too much of it, or too slow: others are answered meanwhile."""

from __future__ import annotations

import re
import socket
import time
from contextlib import ExitStack

import pytest
from hypothesis import strategies as st

from tests.fuzz import asking
from tests.fuzz.asking import Request
from tests.fuzz.words import SMIDS, mutated

GOOD = Request(
    "POST",
    "/unsub/confirm",
    (("Content-Type", "application/x-www-form-urlencoded"),),
    f"smid={SMIDS[0]}&id=MXw3Mw==".encode(),
).as_bytes()
STATE = Request("GET", f"/unsub/state?smid={SMIDS[0]}")
CHUNKED = (
    b"POST /unsub/confirm HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: application/json\r\nConnection: close\r\n\r\n"
)
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")
#: How long an answer is waited for that need not come: the request may not be at its end.
_PATIENCE_S = 0.15
LINE = b"GET /unsub/state HTTP/1.1\r\nHost: x\r\n"
ODD = [
    b"",
    b"\r\n\r\n",
    b"\0" * 100,
    b"GET",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\n\r\n",
    b"GET //[ HTTP/1.1\r\n\r\n",
    b"GET http:///x?# HTTP/1.1\r\n\r\n",
    b"GET * HTTP/1.1\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"G" * 100_000,
    LINE + b"a: b\r\n" * 20_000 + b"\r\n",
    LINE + b"a: " + b"b" * 100_000 + b"\r\n\r\n",
    LINE + b"a" * 20_000 + b"\r\n\r\n",
    LINE + b": b\r\n\r\n",
    LINE + b"a b: c\r\n\r\n",
    LINE + b"a: b\r\n c\r\n\r\n",
    LINE + b"a: b\rc\r\n\r\n",
    LINE + b"a: b\nc: d\n\n",
    LINE + b"Origin: a\0b\r\n\r\n",
    LINE + b"Origin: \x7f\x01\r\n\r\n",
    LINE + b"Origin: a\r\n\tb\r\n\r\n",
    LINE + b"Host: a\r\nHost: b\r\n\r\n",
    *(
        LINE.replace(b"GET", b"POST") + b"Content-Length: " + length + b"\r\n\r\nabc"
        for length in (b"-1", b"+3", b"3, 3", b"3\r\nContent-Length: 4", b"0x3", b"", b"9" * 5000)
    ),
    LINE.replace(b"GET", b"POST") + b"Content-Length: 33554433\r\n\r\n",
    LINE.replace(b"GET", b"POST") + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
    LINE.replace(b"GET", b"POST") + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    LINE.replace(b"GET", b"POST") + b"Transfer-Encoding: \x0bchunked\r\n\r\n",
    LINE + b"Expect: 100-continue\r\n\r\n",
    LINE + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    *(
        CHUNKED + chunks
        for chunks in (
            *(b"x\r\n", b"-1\r\n\r\n", b"fffffffffffffffff\r\n", b"0\r\n" + b"a: b\r\n" * 9_000),
            *(
                b"3\r\nabcd\r\n0\r\n\r\n",
                b"3;a=b\r\nabc\r\n0\r\n\r\n",
                b"1" * 50_000,
                b"3\nabc\n0\n\n",
            ),
            *(
                b"0" * 40_000 + b"\r\n\r\n",
                b"1\r\na\r\n" * 9_000 + b"0\r\n\r\n",
                b" 3\r\nabc\r\n0\r\n\r\n",
            ),
        )
    ),
]


def send(port, data, patience_s=_PATIENCE_S):
    """Send *data* and return what comes back until the end, or until nothing does for a while."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall(data)
            connection.settimeout(patience_s)
            while piece := connection.recv(65536):
                received += piece
        except (TimeoutError, ConnectionError):
            pass  # it waits for more, or had enough
    return received


def assert_others_are_answered(watched):
    answer = watched.ask(STATE)
    assert answer.status == 200


def assert_it_is_refused(received):
    statuses = [int(one) for one in _STATUS.findall(received)]
    # 501: a transfer encoding that it does not know; 505: a version of HTTP. Waitress's words.
    assert all(status < 500 or status in {501, 505} for status in statuses), received[:500]


@pytest.mark.parametrize("data", ODD, ids=range(len(ODD)))
def test_what_is_no_good_http_keeps_nobody_waiting(watched, data):
    watched.begin()
    before = watched.look()

    received = send(watched.port, data)

    assert_it_is_refused(received)
    assert watched.look() == before
    assert_others_are_answered(watched)


def test_damaged_http_keeps_nobody_waiting(budget, watched):
    def damage(data):
        watched.begin()
        # None of it waits for an answer: it may not be a whole request.
        assert_it_is_refused(send(watched.port, data, patience_s=0.02))
        assert_others_are_answered(watched)

    good = st.sampled_from([GOOD, CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", STATE.as_bytes(), GOOD * 2])
    budget.run(damage, 80, data=good.flatmap(mutated))


def test_pipelined_requests_are_answered_each_in_its_turn(watched):
    watched.begin()
    kept = GOOD.replace(b"Connection: close\r\n", b"")
    newest = watched.newest_call()

    received = send(watched.port, kept * 20 + b"nonsense\r\n\r\n" + kept, patience_s=2)

    statuses = [int(one) for one in _STATUS.findall(received)]
    assert statuses == [200] * 20 + [400]
    # What comes after nonsense is not a request.
    assert len(watched.calls_since(newest)) == 20


def test_slow_bytes_keep_nobody_waiting(watched):
    """More connections than there are threads, each in the middle of something."""
    watched.begin()
    unfinished = (GOOD[:-10], CHUNKED + b"fff\r\nab", LINE[:-2])
    with ExitStack() as opened:
        slow = [
            opened.enter_context(socket.create_connection(("127.0.0.1", watched.port), timeout=20))
            for _ in range(300)
        ]
        for number, connection in enumerate(slow):
            connection.sendall(unfinished[number % 3])
        newest = watched.newest_call()
        for _ in range(5):
            for connection in slow:
                connection.sendall(b"a")
            assert_others_are_answered(watched)
    # They have gone, without having said all.
    assert_others_are_answered(watched)
    assert {one["action"] for one in watched.calls_since(newest)} == {"state"}


def test_who_never_reads_the_answer_keeps_nobody_waiting(watched):
    watched.begin()
    for _ in range(50):
        watched.ask(STATE)
    many = Request("GET", "/_unsub/calls").as_bytes()
    with ExitStack() as opened:
        for _ in range(40):
            deaf = socket.socket()
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            opened.enter_context(deaf)
            deaf.connect(("127.0.0.1", watched.port))
            deaf.sendall(many)
        began = time.monotonic()
        assert_others_are_answered(watched)
        assert time.monotonic() - began < 5


def test_who_leaves_at_once_keeps_nobody_waiting(watched):
    watched.begin()
    for _ in range(100):
        connection = socket.create_connection(("127.0.0.1", watched.port), timeout=20)
        # A reset, not an orderly end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.sendall(STATE.as_bytes())
        connection.close()

    assert asking.ask(watched.port, STATE).status == 200
