"""The page's process dies just after the press."""

from __future__ import annotations

import contextlib

import psutil
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
    """
    End the processes of the engine's pages, as a system without memory does; say how many.

    One of them waits for the next tab, which would end with it: when this returns, the browser
    knows that they have ended.
    """
    browser = str(engine.found.executable)
    roots = [
        one
        for one in psutil.process_iter(["cmdline"])
        if browser in " ".join(one.info["cmdline"] or ())
    ]
    assert roots
    pages = {page for root in roots for page in root.children(recursive=True) if is_page(page)}
    for page in pages:
        page.kill()
    # They are not ours: each is there until its parent has asked how it ended.
    assert not psutil.wait_procs(pages, timeout=20)[1]
    return len(pages)


def is_page(process):
    try:
        arguments = process.cmdline()
    except psutil.NoSuchProcess:
        return False
    return "-isForBrowser" in arguments and arguments[-1:] == ["tab"]


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
