"""
No request leaves the machine while a local page is verified.

The engine runs where the only way out is an interface on which every packet is counted by the
kernel. The control is the same run with a page that asks for something from elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from akunsub.verify import engines

PROBE = Path(__file__).with_name("traffic_probe.py")
# Without root, the namespaces are those of a user namespace in which we are root.
BECOME_ROOT = () if os.geteuid() == 0 else ("--user", "--map-root-user")
CUT_OFF = ("unshare", *BECOME_ROOT, "--net", "--mount")
TIMEOUT_S = 120


def give_up(reason):
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="module")
def namespaces():
    """The command that gives a process a network of its own."""
    command = [*CUT_OFF, sys.executable, "-c", "import os; os.listdir('/proc')"]
    if not shutil.which("unshare"):
        give_up("missing: unshare (util-linux)")
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    if tried.returncode:
        give_up(f"missing: permission for {' '.join(CUT_OFF)}: {tried.stderr.strip()}")
    return CUT_OFF


@pytest.fixture(params=engines.ENGINE_NAMES)
def name(request, playwright):
    if engines.find(request.param, playwright) is None:
        give_up(engines.how_to_install([request.param]))
    return request.param


@pytest.fixture
def probe(namespaces, name, short_folder):
    """``probe(*options)``: use the engine, and return what it sent out of the machine."""

    def run(*options):
        done = subprocess.run(
            [*namespaces, sys.executable, PROBE, name, *options],
            env={**os.environ, "TMPDIR": short_folder},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_nothing_leaves_the_machine(probe):
    assert probe("--linger-s=2") == {"sent": 0, "packets": []}


def test_what_leaves_the_machine_is_seen(probe, name):
    # Chromium is let out for it: its rules hold for addresses as well as for names.
    sent = probe("--outside", "--linger-s=10", *(["--internet"] if name == "chromium" else []))

    assert sent["sent"] > 0
    assert "tcp 192.0.2.1:80" in sent["packets"]


@pytest.mark.parametrize("name", ["chromium"], indirect=True)
@pytest.mark.parametrize("options", [(), ("--light",)])
def test_chromium_asks_nobody_else_even_if_the_page_does(probe, options):
    assert probe("--outside", "--linger-s=2", *options) == {"sent": 0, "packets": []}
