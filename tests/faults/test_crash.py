"""The page's process dies just after the press."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest
from playwright.sync_api import Error

from tests.faults.fault import Fault
from tests.faults.visit import NOT_NOW, Visit
from tests.faults.wrapped import launched


@pytest.fixture
def sturdy(engine, playwright):
    """Playwright makes stock Firefox end with the first page that crashes; not so this one."""
    if engine.name != "firefox":
        yield engine
        return
    with launched(playwright, engine.found, 'exec env -u MOZ_CRASHREPORTER_SHUTDOWN "$@"') as other:
        yield other


def kill_page():
    """End the processes of pages that descend from this one, as a system without memory does."""
    table = subprocess.run(
        ["ps", "-eo", "pid,ppid,comm"], capture_output=True, text=True, check=True
    )
    children = {}
    for line in table.stdout.splitlines()[1:]:
        pid, parent, name = line.split(None, 2)
        children.setdefault(int(parent), []).append((int(pid), name))
    ours = [os.getpid()]
    for parent in ours:
        for pid, name in children.get(parent, ()):
            ours.append(pid)
            if name == "Isolated Web Co":
                os.kill(pid, signal.SIGKILL)


def crash(engine, page):
    if engine.name == "chromium":
        with pytest.raises(Error):
            page.goto("chrome://crash")
    else:
        kill_page()


# WebKit: the inspector, and with it Playwright, does not come back after it.
@pytest.mark.needs("multipage")
def test_a_crash_on_the_press_loses_nothing(lab, sturdy):
    with sturdy.page() as page, lab.lane(NOT_NOW) as lane:
        visit = Visit(lab, sturdy, page, lane, lab.new_smid()).publish()
        visit.open().press()
        crash(sturdy, page)

        assert visit.stored() == []
        lane.arm(Fault())
        again = visit.open_tab()

        again.wait_until_late()
        again.assert_stored_once()
        assert not again.is_kept()
