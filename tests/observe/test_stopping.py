"""Stopping a server: what it has read is answered, the rest has no effect, and it ends."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from akunsub.pixel.server import THREADS, Server, is_stopping
from akunsub.pixel.stopping import _close_quiet, _in_loop

REQUEST = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"


class Held:
    """An application whose requests wait until they are let go."""

    def __init__(self):
        self.entered = []
        self.is_stopping = None
        self.let_go = threading.Event()

    def __call__(self, environ, start_response):
        self.is_stopping = is_stopping(environ)
        self.entered.append(environ["PATH_INFO"])
        assert self.let_go.wait(30)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]


def wait_until(is_so, timeout_s=20):
    end = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < end, "it did not come to be so"
        time.sleep(0.005)


def queued(server):
    return len(server._server.task_dispatcher.queue)


def in_loop(server, work):
    return _in_loop(server._server, work)


def connect(server, sent=b""):
    client = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    client.sendall(sent)
    return client


def read_all(client):
    with client, contextlib.closing(client.makefile("rb")) as answer:
        return answer.read()


@contextlib.contextmanager
def stopping(server):
    """While the context lasts, somebody stops *server*; yields what that returns."""
    with ThreadPoolExecutor() as threads:
        stopped = threads.submit(server.stop)
        wait_until(server._is_stopping.is_set)
        yield stopped


@pytest.fixture
def held():
    app = Held()
    yield app
    app.let_go.set()


def test_what_is_queued_is_answered_and_the_clients_are_told_to_go(held):
    server = Server(held).start()
    clients = [connect(server, REQUEST % number) for number in range(THREADS + 24)]
    wait_until(lambda: len(held.entered) == THREADS and queued(server) == 24)

    with stopping(server) as stopped:
        held.let_go.set()
        answers = [read_all(client) for client in clients]

    assert stopped.result() is True
    assert len(held.entered) == THREADS + 24
    for answer in answers:
        assert answer.startswith(b"HTTP/1.1 200 OK\r\nConnection: close\r\n")
        assert answer.endswith(b"\r\n\r\nok")


def test_requests_that_came_in_one_piece_are_all_answered(held):
    server = Server(held).start()
    client = connect(server, REQUEST % 1 + REQUEST % 2 + REQUEST % 3)
    wait_until(lambda: held.entered)

    with stopping(server) as stopped:
        held.let_go.set()
        answer = read_all(client)

    assert stopped.result() is True
    assert held.entered == ["/1", "/2", "/3"]
    assert (answer.count(b"200 OK"), answer.count(b"Connection: close")) == (3, 1)


def test_connections_that_the_system_has_made_are_answered(held):
    """The loop stands still while clients connect: they are in the listener's queue."""
    held.let_go.set()
    server = Server(held).start()
    go_on = threading.Event()
    server._server.trigger.pull_trigger(lambda: go_on.wait(30))
    clients = [connect(server, REQUEST % number) for number in range(50)]

    with stopping(server) as stopped:
        go_on.set()
        answers = [read_all(client) for client in clients]

    assert stopped.result() is True
    assert all(answer.startswith(b"HTTP/1.1 200 OK") for answer in answers)


@pytest.fixture
def kept(held):
    """A server, a client that was answered and stays connected, and the server's side of that."""
    held.let_go.set()
    with Server(held) as server, connect(server, REQUEST % 1) as client:
        while not client.recv(4096).endswith(b"ok"):
            pass
        (channel,) = server._server.active_channels.values()
        wait_until(lambda: not (channel.requests or channel.total_outbufs_len))
        yield server, client, channel


def test_a_connection_is_closed_when_it_was_quiet_for_a_while(kept):
    server, client, channel = kept

    assert in_loop(server, lambda: _close_quiet(server._server)) is False
    channel.last_activity = 0
    assert in_loop(server, lambda: _close_quiet(server._server)) is True
    assert client.recv(4096) == b""


def test_a_request_that_was_not_read_yet_is_answered(kept):
    """It comes to a connection that was quiet, and is looked at before it is read."""
    server, client, channel = kept
    channel.last_activity = 0

    def come_and_look():
        client.sendall(REQUEST % 2)
        return _close_quiet(server._server)

    assert in_loop(server, come_and_look) is False
    assert client.recv(4096).startswith(b"HTTP/1.1 200 OK")


def test_what_is_done_for_a_client_that_has_gone_is_finished(held):
    server = Server(held).start()
    client = connect(server, REQUEST % 1)
    wait_until(lambda: held.entered)
    client.close()

    with stopping(server) as stopped:
        wait_until(lambda: not server._server.accepting)
        assert not stopped.done()
        held.let_go.set()

    assert stopped.result() is True


def test_who_says_nothing_is_not_waited_for(held):
    held.let_go.set()
    server = Server(held).start()
    silent, half = connect(server), connect(server, b"GET / HT")
    wait_until(lambda: len(server._server.active_channels) == 2)
    began = time.monotonic()

    assert server.stop() is True
    assert time.monotonic() - began < 5
    assert (read_all(silent), read_all(half)) == (b"", b"")
    assert held.entered == []


def test_nobody_can_connect_any_more(held):
    server = Server(held).start()
    server.stop()

    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_what_takes_too_long_is_left_at_the_bound(held):
    server = Server(held, stop_s=0.5).start()
    clients = [connect(server, REQUEST % number) for number in range(THREADS + 3)]
    wait_until(lambda: len(held.entered) == THREADS and queued(server) == 3)
    began = time.monotonic()

    is_done = server.stop()

    took = time.monotonic() - began
    assert (is_done, 0.5 <= took < 3) == (False, True)
    assert [read_all(client) for client in clients] == [b""] * len(clients)
    held.let_go.set()
    wait_until(lambda: not server._server.task_dispatcher.threads)
    # What was queued was never begun.
    assert len(held.entered) == THREADS


def test_a_client_that_does_not_read_does_not_keep_it_beyond_the_bound():
    def endless(environ, start_response):
        start_response("200 OK", [])
        return (b"x" * 1_000_000 for _ in range(1000))

    server = Server(endless, stop_s=0.5).start()
    client = connect(server, REQUEST % 1)
    client.recv(1)
    began = time.monotonic()

    is_done = server.stop()

    assert (is_done, time.monotonic() - began < 3) == (False, True)
    client.close()
    wait_until(lambda: not server._server.task_dispatcher.threads)


def test_it_can_be_stopped_again_and_by_several_at_once(held):
    held.let_go.set()
    server = Server(held).start()
    assert read_all(connect(server, b"GET / HTTP/1.0\r\n\r\n"))

    with ThreadPoolExecutor() as threads:
        results = list(threads.map(lambda _: server.stop(), range(8)))

    assert [*results, server.stop()] == [True] * 9


def test_one_that_never_began_can_be_stopped(held):
    server = Server(held)

    server.stop()

    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_one_whose_loop_has_ended_can_be_stopped(held):
    """waitress closes everything of a server when accepting fails in a way it does not know."""
    server = Server(held).start()
    server._server.trigger.pull_trigger(server._server.close)
    server._thread.join(20)
    assert not server._thread.is_alive()

    server.stop()

    assert not server._server.task_dispatcher.threads


def test_while_it_drains_new_clients_are_answered_and_told_to_go(held):
    held.let_go.set()
    server = Server(held, drain_s=2).start()

    with stopping(server) as stopped:
        answers = [httpx.get(f"{server.url}/{number}") for number in range(3)]

    assert held.is_stopping() is True
    assert [one.status_code for one in answers] == [200] * 3
    assert [one.headers["connection"] for one in answers] == ["close"] * 3
    assert stopped.result() is True
