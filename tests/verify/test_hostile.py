"""No page, whatever it does, holds a check up, and nothing is left of the check at its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from akunsub.verify.engines.processes import kill_trees
from tests.verify.hostile_site import PAGES, running_site

WATCHED = Path(__file__).with_name("watched.py")
#: Starting and ending a browser, on a machine that has other things to do.
SLACK_S = 60
LANGUAGE = ("--rule", "language")


class Started(NamedTuple):
    """A check that runs, and the files that it and watched.py write."""

    process: subprocess.Popen
    report: Path
    left: Path


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


@pytest.fixture
def start(engine_name, tmp_path):
    """``start(targets, *arguments)``: the command, in a session of its own."""
    started = []

    def run(targets, *arguments):
        report, left = (tmp_path / f"{what}-{len(started)}.json" for what in ("report", "left"))
        command = [sys.executable, "-m", "akunsub", "verify", "--engine", engine_name]
        command += ["--format", f"json={report}", *arguments, *targets]
        process = subprocess.Popen(
            [sys.executable, str(WATCHED), str(left), *command],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(Started(process, report, left))
        return started[-1]

    yield run
    for one in started:
        if one.process.poll() is None:  # the test has failed
            kill_trees([psutil.Process(one.process.pid)])
        one.process.communicate()


def finish(started, within_s):
    """Wait for the end of a check, and return what came of it."""
    _, errors = started.process.communicate(timeout=within_s + SLACK_S)
    assert "Traceback" not in errors
    reasons, results = {}, {}
    report = json.loads(started.report.read_text("utf-8")) if started.report.exists() else {}
    for page in report.get("pages", []):
        name = page["target"].rpartition("/")[2].removesuffix(".html")
        results[name] = {one["rule"]: one["status"] for one in page["results"]}
        for engine, reason in page["unfinished"].items():
            reasons[name] = reason
            assert f"Error: {page['target']}, {engine}: {reason}\n" in errors
    left = json.loads(started.left.read_text("utf-8"))
    return Done(started.process.returncode, reasons, results, errors, left)


def named(name, started):
    """Return the processes of a check whose names begin with *name*."""
    found = []
    for one in psutil.Process(started.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found += [one] if one.name().startswith(name) else []
    return found


@pytest.fixture
def pages(tmp_path):
    """``pages(*names)``: files with them."""

    def write(*names):
        for name in names:
            (tmp_path / f"{name}.html").write_text(PAGES[name], encoding="utf-8")
        return [f"{name}.html" for name in names]

    return write


@pytest.mark.parametrize("names", [("spins", "spins-later"), ("burns", "alerts")])
def test_a_page_that_never_lets_go_is_stopped(start, pages, names):
    """Each ends its browser; the page after it has another."""
    timeout_s = 3

    done = finish(start(pages(*names), "--timeout", f"{timeout_s}"), len(names) * timeout_s)

    assert tuple(done.reasons) == names
    for reason in done.reasons.values():
        assert reason.startswith("stopped after 3 s (--timeout), while ")
    assert (done.status, done.left) == (2, [])


def test_a_page_that_cannot_be_opened_says_why(start, site):
    said = {
        "never": "its server has not answered after 10 s",
        "reloads": "it loads itself over and over",
        "goes-on": "it loads itself over and over",
        "hangs": f"it is still waiting for {site.url}/never after 10 s",
        "download": "it is a download, not a page",
        "redirects": "it redirects without end",
    }
    urls = [f"{site.url}/{name}" for name in said]

    # Most of it is waiting: two at a time.
    both = [finish(one, 30) for one in [start(urls[:3], *LANGUAGE), start(urls[3:], *LANGUAGE)]]

    reasons = {name: reason for done in both for name, reason in done.reasons.items()}
    assert reasons == {name: f"the page does not load: {why}" for name, why in said.items()}
    assert [(done.status, done.left) for done in both] == [(2, []), (2, [])]


def test_a_page_that_does_not_stay_says_so(start, pages):
    said = {
        "opens-windows": "it opens one window after another",
        "closes": "was closed while it was looked at",
    }

    done = finish(start(pages(*said), *LANGUAGE), 60)

    # Stock WebKit lets no page open a window by itself, Chromium none close a person's.
    assert done.reasons
    for name, why in said.items():
        assert why in done.reasons.get(name, "") or done.results[name] == {"language": "pass"}
    assert (done.status, done.left) == (2, [])


def test_a_nuisance_is_checked_like_any_page(start, pages):
    names = ["asks-once", "will-not-go", "throws"]

    done = finish(start(pages(*names), "--rule", "no-errors"), 60)

    assert done.results == {
        "asks-once": {"no-errors": "pass"},
        "will-not-go": {"no-errors": "pass"},
        "throws": {"no-errors": "fail"},
    }
    assert (done.status, done.reasons, done.left) == (1, {}, [])


def test_a_page_of_20_megabytes_is_checked_or_says_why_not(start, pages):
    done = finish(start(pages("big-text", "big-script"), "--timeout", "60", *LANGUAGE), 120)

    for name in ("big-text", "big-script"):
        # WebKitGTK 2.50.6 takes more than 10 s for the script.
        assert done.results[name] == {"language": "pass"} or "still busy" in done.reasons[name]
    assert done.left == []


@pytest.mark.parametrize("what", ["/told", "/never"])
def test_ctrl_c_ends_everything(start, site, what):
    """Once while a script spins, once while the page is waited for."""
    site.asked.pop(what, None)
    page = {"/told": "tells-and-spins", "/never": "never"}[what]
    check = start([f"{site.url}/{page}", *LANGUAGE])
    assert site.asked[what].wait(SLACK_S)

    os.killpg(check.process.pid, signal.SIGINT)

    done = finish(check, 10)
    assert (done.status, done.errors, done.left) == (130, "", [])


def test_being_terminated_ends_everything(start, site):
    site.asked.pop("/told", None)
    check = start([f"{site.url}/tells-and-spins", *LANGUAGE])
    assert site.asked["/told"].wait(SLACK_S)

    psutil.Process(check.process.pid).children()[0].terminate()

    done = finish(check, 10)
    assert (done.status, done.errors, done.left) == (128 + signal.SIGTERM, "", [])


def test_a_browser_that_ends_by_itself_is_told_and_launched_again(start, site, engine_name):
    site.asked.pop("/told", None)
    urls = [f"{site.url}/{name}" for name in ("spins-when-pressed", "throws")]
    check = start(urls, "--rule", "no-errors", "--rule", "second-press")
    assert site.asked["/told"].wait(SLACK_S)

    # What Playwright's driver has started; and the display of a system's WebKit, which is a new
    # process for each page anyway.
    kill_trees([one for node in named("node", check) for one in node.children()])
    kill_trees(named("Xvfb", check))

    done = finish(check, 60)
    assert done.reasons == {
        "spins-when-pressed": f"{engine_name} ended by itself, while second-press was tried"
    }
    assert done.results == {
        "spins-when-pressed": {"no-errors": "pass"},
        "throws": {"no-errors": "fail", "second-press": "skipped"},
    }
    assert (done.status, done.left) == (2, [])
