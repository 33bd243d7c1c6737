"""``akunsub run``: somebody's command beside an endpoint of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from akunsub.platform.settings_file import read_sample
from tests.conftest import SMID

RUN = [sys.executable, "-m", "akunsub", "run"]
PRESS = f"""
import os, sys, urllib.parse, urllib.request
fields = urllib.parse.urlencode({{"smid": {SMID!r}, "id": "MXw3Mw==", "categories": "category_1"}})
url = os.environ["AKUNSUB_PXL_DOMAIN"] + "/unsub/confirm"
print(urllib.request.urlopen(url, fields.encode()).status)
sys.exit(int(sys.argv[1]))
"""
PRESSED = f"  #1 confirm of category_1 for smid {SMID!r}: good, ok\n"


def run(*command, **options):
    return subprocess.run(
        [*RUN, *command], capture_output=True, text=True, timeout=60, check=False, **options
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (0, ""),
        (
            3,
            f"\n{sys.executable} ended with 3. The endpoint got:\n{PRESSED}",
        ),
    ],
)
def test_the_command_reaches_the_endpoint_and_what_it_got_is_told_if_it_fails(
    tmp_path, status, told
):
    done = run("--", sys.executable, "-c", PRESS, str(status), cwd=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (status, "200\n", told)


def test_options_are_the_commands_own(tmp_path):
    done = run(sys.executable, "--version", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, f"Python {sys.version.split()[0]}\n")


def test_a_command_that_is_not_there_is_told(tmp_path):
    done = run("--", "no-such-command", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == "Error: no-such-command: cannot be run: No such file or directory\n"


def test_a_command_that_sends_nothing_and_dies_is_told(tmp_path):
    done = run("--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)", cwd=tmp_path)

    assert done.returncode == 128 + signal.SIGKILL
    assert done.stderr.endswith("ended with 137. The endpoint got:\n  no call at all\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_stops_it_stops_the_command_and_nothing_is_left(tmp_path, number):
    wait = "import time; print('ready', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [*RUN, "--", sys.executable, "-c", wait],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline() == "ready\n"

    if number == signal.SIGINT:  # as a terminal does: to all of the group
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)

    _, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert "The endpoint got:" in errors


def test_the_configuration_here_is_used(tmp_path):
    (tmp_path / "akunsub.toml").write_text("resources = 1")

    done = run("--", sys.executable, "-c", "", cwd=tmp_path)

    assert done.returncode == 1
    assert "akunsub.toml: resources: Input should be" in done.stderr


def test_settings_can_come_from_standard_input():
    text = read_sample().replace(SMID, "fMine")
    press = PRESS.replace(SMID, "fMine")

    done = run("--config", "-", "--", sys.executable, "-c", press, "0", input=text)

    assert (done.returncode, done.stdout, done.stderr) == (0, "200\n", "")
