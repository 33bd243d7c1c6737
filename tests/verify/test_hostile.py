"""No page, whatever it does, holds a check up, and nothing is left of the check at its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from akunsub.verify.engines import ENGINE_NAMES, find, how_to_install
from akunsub.verify.engines.processes import kill_trees
from tests.verify.hostile_site import PAGES, running_site

WATCHED = Path(__file__).with_name("watched.py")
#: Starting and ending a browser, on a machine that has other things to do.
SLACK_S = 60
LANGUAGE = ("--rule", "language")


class Done(NamedTuple):
    """
    A check that has ended.

    Attributes:
        reasons: Why a page was not checked to the end, by page.
        results: By page: rule → status.
        left: Names of processes that are still there.
    """

    status: int
    reasons: dict[str, str]
    results: dict[str, dict[str, str]]
    errors: str
    left: list[str]


@pytest.fixture(scope="module")
def site():
    with running_site() as running:
        yield running


@pytest.fixture(params=ENGINE_NAMES)
def engine_name(request):
    """Its name only: the command starts the engine itself."""
    if not find(request.param):
        # As for the fixture ``engine``.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(how_to_install([request.param]))
    return request.param


@pytest.fixture
def start(engine_name, tmp_path):
    """``start(targets, *arguments)``: the command, in a session of its own."""
    started = []

    def run(targets, *arguments):
        command = [sys.executable, "-m", "akunsub", "verify", "--engine", engine_name]
        command += ["--format", "json=report.json", *arguments, *targets]
        process = subprocess.Popen(
            [sys.executable, str(WATCHED), "left.json", *command],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:  # the test has failed
            kill_trees([psutil.Process(process.pid)])
        process.communicate()


@pytest.fixture
def finish(tmp_path):
    """``finish(process, within_s)``: what came of it."""

    def wait(process, within_s):
        _, errors = process.communicate(timeout=within_s + SLACK_S)
        assert "Traceback" not in errors
        report = tmp_path / "report.json"
        pages = json.loads(report.read_text("utf-8"))["pages"] if report.exists() else []
        reasons, results = {}, {}
        for page in pages:
            name = page["target"].rpartition("/")[2].removesuffix(".html")
            results[name] = {one["rule"]: one["status"] for one in page["results"]}
            for engine, reason in page["unfinished"].items():
                reasons[name] = reason
                assert f"Error: {page['target']}, {engine}: {reason}\n" in errors
        left = json.loads((tmp_path / "left.json").read_text("utf-8"))
        return Done(process.returncode, reasons, results, errors, left)

    return wait


@pytest.fixture
def pages(tmp_path):
    """``pages(*names)``: files with them."""

    def write(*names):
        for name in names:
            (tmp_path / f"{name}.html").write_text(PAGES[name], encoding="utf-8")
        return [f"{name}.html" for name in names]

    return write


def test_a_page_that_never_lets_go_is_stopped(start, finish, pages):
    names = ["spins", "spins-later", "burns", "alerts"]
    timeout_s = 3

    done = finish(start(pages(*names), "--timeout", f"{timeout_s}"), len(names) * timeout_s)

    assert list(done.reasons) == names
    for reason in done.reasons.values():
        assert reason.startswith("stopped after 3 s (--timeout), while ")
    assert (done.status, done.left) == (2, [])


def test_what_was_found_stays_and_the_next_page_is_checked(start, finish, pages):
    rules = ["--rule", "no-errors", "--rule", "second-press"]

    done = finish(start(pages("spins-when-pressed", "throws"), "--timeout", "9", *rules), 2 * 9)

    assert done.reasons == {
        "spins-when-pressed": "stopped after 9 s (--timeout), while second-press was tried"
    }
    assert done.results == {
        "spins-when-pressed": {"no-errors": "pass"},
        "throws": {"no-errors": "fail", "second-press": "skipped"},
    }
    assert (done.status, done.left) == (2, [])


def test_a_page_that_cannot_be_opened_says_why(start, finish, site):
    said = {
        "never": "its server has not answered after 10 s",
        "hangs": f"it is still waiting for {site.url}/never after 10 s",
        "download": "it is a download, not a page",
        "redirects": "it redirects without end",
        "reloads": "it loads itself over and over",
        "goes-on": "it loads itself over and over",
    }

    done = finish(start([f"{site.url}/{name}" for name in said], *LANGUAGE), 60)

    assert done.reasons == {name: f"the page does not load: {why}" for name, why in said.items()}
    assert (done.status, done.left) == (2, [])


def test_a_page_that_does_not_stay_says_so(start, finish, pages, engine_name):
    done = finish(start(pages("opens-windows", "closes"), *LANGUAGE), 60)

    # Chromium lets no page close a window that a person has opened, WebKit none open another.
    assert done.reasons == {
        name: reason
        for name, reason, engines in (
            (
                "opens-windows",
                "the page does not hold still: it opens one window after another",
                {"chromium", "firefox"},
            ),
            (
                "closes",
                "the page does not load: it was closed while it was looked at",
                {"firefox", "webkit"},
            ),
        )
        if engine_name in engines
    }
    assert (done.status, done.left) == (2, [])


def test_a_nuisance_is_checked_like_any_page(start, finish, pages):
    names = ["asks-once", "will-not-go", "throws"]

    done = finish(start(pages(*names), "--rule", "no-errors"), 60)

    assert done.results == {
        "asks-once": {"no-errors": "pass"},
        "will-not-go": {"no-errors": "pass"},
        "throws": {"no-errors": "fail"},
    }
    assert (done.status, done.reasons, done.left) == (1, {}, [])


def test_a_page_of_20_megabytes_is_checked_or_says_why_not(start, finish, pages):
    done = finish(start(pages("big-text", "big-script"), "--timeout", "60", *LANGUAGE), 120)

    for name in ("big-text", "big-script"):
        # WebKitGTK 2.50.6 takes more than 10 s for the script.
        assert done.results[name] == {"language": "pass"} or "still busy" in done.reasons[name]
    assert done.left == []


@pytest.mark.parametrize("what", ["/told", "/never"])
def test_ctrl_c_ends_everything(start, finish, site, what):
    """Once while a script spins, once while the page is waited for."""
    site.asked.pop(what, None)
    page = {"/told": "tells-and-spins", "/never": "never"}[what]
    process = start([f"{site.url}/{page}", *LANGUAGE])
    assert site.asked[what].wait(SLACK_S)

    os.killpg(process.pid, signal.SIGINT)

    done = finish(process, 10)
    assert (done.status, done.errors, done.left) == (130, "", [])
