"""
The name of the endpoint cannot be found when the person presses, and can on the next visit.

The engine runs where /etc/hosts is a file of the test's and nobody else is asked: no query leaves
the machine.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.faults.fault import Fault
from tests.faults.visit import SAVED, Visit
from tests.faults.wrapped import launched

NAME = "pxl.akunsub.test"
BECOME_ROOT = "" if os.geteuid() == 0 else "--user --map-root-user "
RULES = f"MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , EXCLUDE {NAME}"
# A cache would go on not finding it; these are the three engines' ways to have none.
OPTIONS = {
    "chromium": {"internet": True, "args": [f"--host-resolver-rules={RULES}"]},
    "firefox": {"firefox_prefs": {"network.dnsCacheEntries": 0, "network.dnsCacheExpiration": 0}},
    "webkit": {},
}


@pytest.fixture
def hosts(short_folder):
    """What the engine has for /etc/hosts; beside it, that it asks nobody else."""
    path = Path(short_folder) / "hosts"
    path.write_text("127.0.0.1 localhost\n")
    path.with_name("nsswitch.conf").write_text("hosts: files\n")
    path.with_name("resolv.conf").write_text("")
    return path


@pytest.fixture
def nameless(engine, playwright, hosts):
    """The engine, where only *hosts* knows names."""
    mounts = " && ".join(
        f"mount --bind {shlex.quote(str(hosts.with_name(name)))} /etc/{name}"
        for name in ("hosts", "nsswitch.conf", "resolv.conf")
    )
    command = f"""exec unshare {BECOME_ROOT}--mount sh -c '{mounts} && exec "$@"' sh"""
    tried = subprocess.run(["sh", "-c", f"{command} true"], capture_output=True, check=False)
    if tried.returncode:
        give_up(f"missing: unshare (util-linux), or the permission: {tried.stderr.decode()}")
    command += ' "$@"'
    with launched(playwright, engine.found, command, **OPTIONS[engine.name]) as other:
        yield other


def give_up(reason):
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def test_a_name_that_is_not_found_at_first_is_asked_again(lab, nameless, hosts):
    with nameless.page() as page, lab.lane(Fault()) as lane:
        visit = Visit(lab, nameless, page, lane, lab.new_smid())
        visit.publish(pxl=f"http://{NAME}:{lane.port}").open()
        visit.press().wait_until_told(SAVED)
        assert visit.told() == ["sending", SAVED]
        assert visit.has_way_out()
        assert (lane.requests, visit.stored()) == ([], [])

        hosts.write_text(f"127.0.0.1 localhost {NAME}\n")
        visit.open().wait_until_late()

        assert lane.requests[0]["headers"]["host"] == f"{NAME}:{lane.port}"
        visit.assert_stored_once()
        assert not visit.is_kept()
