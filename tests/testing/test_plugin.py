"""The pytest plugin, as its users run it: a test file of theirs, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import SCRIPT_ID, SMID

pytest_plugins = ["pytester"]

HELPERS = f"""
import urllib.error, urllib.parse, urllib.request

SMID = {SMID!r}

def call(server, action, **fields):
    body = urllib.parse.urlencode({{"id": {SCRIPT_ID!r}, **fields}}, doseq=True).encode()
    try:
        urllib.request.urlopen(f"{{server.url}}/unsub/{{action}}", body).close()
    except urllib.error.HTTPError as error:
        error.close()
"""


@pytest.fixture
def run(pytester):
    """``run(source, *arguments)``: the outcome of a project with these tests."""
    pytester.makefile(".toml", pyproject="[tool.pytest.ini_options]\nstrict = true\n")

    def run(source, *arguments):
        pytester.makepyfile(helpers=HELPERS, test_page="from helpers import *\n" + source)
        return pytester.runpytest_subprocess("-W", "error", *arguments)

    return run


def test_a_good_call_is_what_was_expected(run):
    source = """
def test_leave(unsub_server):
    call(unsub_server, "confirm", smid=SMID, categories=["category_2", "category_1"])
    found = unsub_server.expect_confirm(SMID, ["category_1", "category_2"])
    assert found["rule"] == "ok"
    unsub_server.expect_nothing(within_s=0)
"""
    run(source).assert_outcomes(passed=1)


def test_each_test_begins_with_nothing(run):
    source = """
import pytest

@pytest.mark.parametrize("n", [1, 2])
def test_leave(unsub_server, unsub_clock, n):
    assert unsub_server.calls() == []
    assert unsub_server.state(SMID)["status"] == "subscribed"
    unsub_server.expect_nothing(within_s=0)
    call(unsub_server, "confirm", smid=SMID)
    unsub_clock.advance(86400)
    unsub_server.set_resource(73, mode="prevented")
"""
    run(source).assert_outcomes(passed=2)


def test_a_call_that_comes_later_is_waited_for(run):
    source = """
import threading

def test_leave(unsub_server):
    later = threading.Timer(0.3, call, (unsub_server, "confirm"), {"smid": SMID})
    later.start()
    unsub_server.expect_confirm(SMID)
    later.join()
"""
    run(source).assert_outcomes(passed=1)


def test_a_call_is_expected_once(run):
    source = """
def test_leave(unsub_server):
    call(unsub_server, "confirm", smid=SMID)
    unsub_server.expect_confirm(SMID)
    unsub_server.expect_confirm(SMID, timeout_s=0.1)
"""
    found = run(source)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["*no confirm of everything for smid * within 0.1 s*"])


def test_the_nearest_miss_is_told(run):
    source = """
def test_leave(unsub_server):
    call(unsub_server, "confirm", smid="fSampleDelayedJohn000000000000000000005", id="MXw3NA==")
    call(unsub_server, "confirm", smid=SMID, categories=["category_1"])
    unsub_server.expect_confirm(SMID, ["category_2"], timeout_s=0)
"""
    found = run(source)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        [
            "E * no confirm of category_2 for smid 'fGmX*' within 0 s",
            "E * the nearest of 2: * confirm of category_1 for smid 'fGmX*': good, ok",
            "E * categories: expected category_2, got category_1",
            "E * also: * confirm of everything for smid 'fSampleDelayed*': good, ok",
        ]
    )


def test_what_was_not_expected_fails(run):
    source = """
def test_stay(unsub_server):
    call(unsub_server, "cancel", smid="fSampleDelayedJohn000000000000000000005", id="MXw3NA==")
    unsub_server.expect_nothing()
"""
    found = run(source)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["E * expected nothing:", "E * cancel of everything for smid *"])


BAD = """
import pytest

@pytest.mark.allow_bad_calls({})
def test_leave(unsub_server):
    call(unsub_server, "confirm", smid=SMID[:-1] + "B")
"""


def test_a_bad_call_fails_the_test_at_its_end(run):
    found = run(BAD.replace("@pytest.mark.allow_bad_calls({})\n", ""))

    found.assert_outcomes(passed=1, errors=1)
    found.stdout.fnmatch_lines(
        [
            "the page made bad calls:",
            "*bad, unknown_smid: smid is unknown",
            f"*fix: did you mean {SMID}?",
            "@pytest.mark.allow_bad_calls lets them pass",
        ]
    )


@pytest.mark.parametrize(
    ("rules", "outcomes"),
    [
        ("", {"passed": 1}),
        ("'unknown_smid'", {"passed": 1}),
        ("'unknown_category'", {"passed": 1, "errors": 1}),
    ],
)
def test_bad_calls_can_be_allowed(run, rules, outcomes):
    run(BAD.format(rules)).assert_outcomes(**outcomes)


def test_the_timer_is_over_when_the_clock_says_so(run):
    source = """
from datetime import timedelta

DELAYED = "fSampleDelayedJohn000000000000000000005"

def test_cancel(unsub_server, unsub_clock):
    call(unsub_server, "confirm", smid=DELAYED, id="MXw3NA==")
    unsub_clock.advance(timedelta(minutes=29, seconds=50))
    call(unsub_server, "cancel", smid=DELAYED, id="MXw3NA==")
    unsub_server.expect_cancel(DELAYED)
    assert unsub_server.state(DELAYED)["status"] == "subscribed"
"""
    run(source).assert_outcomes(passed=1)


def test_a_configuration_of_ones_own(run, pytester):
    pytester.makefile(
        ".toml",
        unsub="""
[[resources]]
account_id = 5
resource_id = 6
title = "Mine"
rtoken = "2fHLS9YR9daS-a90b371eecc2952f"
mode = "confirm"

[[messages]]
smid = "mine"
account_id = 5
resource_id = 6
channel = "email"
address = "me@example.com"
profile_id = "658997338e8f4032d92fd56d"
""",
    )
    source = """
import pytest

@pytest.fixture(scope="session")
def unsub_config():
    return "unsub.toml"

def test_leave(unsub_server):
    call(unsub_server, "confirm", smid="mine", id="NXw2")
    unsub_server.expect_confirm("mine")
"""
    run(source).assert_outcomes(passed=1)


def test_processes_of_xdist_do_not_share_an_endpoint(run):
    source = """
import pytest

@pytest.mark.parametrize("n", range(4))
def test_leave(unsub_server, n):
    call(unsub_server, "confirm", smid=SMID)
    unsub_server.expect_confirm(SMID)
    unsub_server.expect_nothing()
"""
    run(source, "-n", "2").assert_outcomes(passed=4)


def test_without_pytest():
    source = f"""{HELPERS}
from akunsub.testing import ANY, UnsubServer

with UnsubServer() as server:
    call(server, "confirm", smid=SMID)
    server.expect_confirm(SMID, ANY)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", source], check=True)


def test_being_loaded_costs_a_project_nothing():
    source = """
import sys
import akunsub.testing.plugin, akunsub.testing
heavy = {"flask", "sqlalchemy", "playwright", "waitress", "pydantic"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", source], check=True)


def test_categories_are_a_list(run):
    source = """
def test_leave(unsub_server):
    unsub_server.expect_confirm(SMID, "news")
"""
    found = run(source)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["E * TypeError: categories is a list of names: ?'news'?"])
