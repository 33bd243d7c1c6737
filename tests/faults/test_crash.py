"""The page's process dies just after the press."""

from __future__ import annotations

import contextlib
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


def kill_pages(engine):
    """End the processes of the engine's pages, as a system without memory does; say how many."""
    table = subprocess.run(
        ["ps", "-eww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    processes = [line.split(None, 2) for line in table.stdout.splitlines()]
    ours = [pid for pid, _, args in processes if str(engine.found.executable) in args]
    assert ours
    killed = 0
    for parent in ours:
        for pid, its_parent, args in processes:
            if its_parent == parent and pid not in ours:
                ours.append(pid)
                if args.endswith(" tab") and "-isForBrowser" in args:
                    os.kill(int(pid), signal.SIGKILL)
                    killed += 1
    return killed


def crash(engine, page):
    if engine.name == "chromium":
        with page.expect_event("crash"), contextlib.suppress(Error):
            page.goto("chrome://crash")
    else:
        assert kill_pages(engine)


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
