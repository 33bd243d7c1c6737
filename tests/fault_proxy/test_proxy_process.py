"""The fault proxy as a process: its control port, and its end."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.faults.client import ROOT


@pytest.mark.parametrize("fault", [{"kind": "nonsense"}, {"times": "x", "no": 1}])
def test_the_control_says_what_is_wrong(proxy, fault):
    with (
        proxy.lane("http://127.0.0.1:1") as lane,
        pytest.raises(ValueError, match=r"PUT /lanes/\d+/fault: "),
    ):
        lane._ask("PUT", f"{lane._path}/fault", fault)


def test_the_process_ends_with_who_started_it():
    script = (
        "import os, signal; from tests.faults.client import FaultProxy; proxy = FaultProxy();"
        "print(proxy._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    pid = int(done.stdout)

    deadline = time.monotonic() + 5
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid):
    """A process that nobody waits for may stay in the table as a zombie."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")
