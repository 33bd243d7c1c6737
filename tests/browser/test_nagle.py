"""Sockets of a child process can be made to send at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from akunsub.verify.engines.nagle import send_at_once

CHILD = """
import socket, sys
listening = socket.create_server(("127.0.0.1", 0))
one = socket.create_connection(listening.getsockname())
other, _ = listening.accept()
unrelated = socket.socketpair()
print("ready", flush=True)
sys.stdin.readline()
print([s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0 for s in (one, other)])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has WebKitGTK's MiniBrowser")
@pytest.mark.parametrize("is_asked", [True, False])
def test_tcp_sockets_send_at_once_if_they_are_asked_to(is_asked):
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout.readline() == "ready\n"
        if is_asked:
            send_at_once(child.pid)

        said, _ = child.communicate("go\n")

    assert said == f"[{is_asked}, {is_asked}]\n"


def test_a_process_that_is_gone_is_no_error():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()

    send_at_once(child.pid)
