"""``tools/audit.py``: what a report of pip-audit comes to. The reports are in its own format."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from packaging.version import Version
from pip_audit._format import JsonFormat
from pip_audit._service import ResolvedDependency, SkippedDependency, VulnerabilityResult
from pip_audit._service.interface import VulnerabilityID

from tests.conftest import ROOT
from tools.audit import PINNED, judge, read_answer

# As it was printed where no advisory service knew anything.
RECORDED = json.loads(
    """{"dependencies": [
    {"name": "alembic", "skip_reason":
     "Dependency not found on PyPI and could not be audited: alembic (1.20.1)"},
    {"name": "xxhash", "skip_reason":
     "Dependency not found on PyPI and could not be audited: xxhash (4.1.0)"}],
    "fixes": []}"""
)
SKIPPED = SkippedDependency(name="own", skip_reason="Dependency not found on PyPI")
CLEAN = ResolvedDependency(name="click", version=Version("8.5.1"))
BAD = ResolvedDependency(name="jinja2", version=Version("2.4.1"))
FOUND = "jinja2 2.4.1: PYSEC-2019-220, CVE-2014-0012"


def vulnerability(*, fixed=("2.7.2",)):
    return VulnerabilityResult.create(
        ids=[VulnerabilityID("PYSEC-2019-220"), VulnerabilityID("CVE-2014-0012")],
        description="A sandbox escape.",
        fix_versions=[Version(one) for one in fixed],
        published=None,
    )


def report(**results):
    """What pip-audit writes for these."""
    packages = {"skipped": SKIPPED, "clean": CLEAN, "bad": BAD}
    found = {packages[name]: vulnerabilities for name, vulnerabilities in results.items()}
    return json.loads(JsonFormat(output_desc=False, output_aliases=True).format(found, []))


def judged(told, accepted=None):
    verdict = judge(told, accepted or {})
    return verdict.has_failed, verdict.lines


def test_nothing_looked_up_is_told_and_is_no_clean_bill():
    assert judged(RECORDED) == (
        False,
        [
            (
                "0 of 2 packages could be looked up here: no advisory service reachable, so this "
                "says nothing about them"
            )
        ],
    )


def test_a_vulnerability_fails_with_what_to_install():
    assert judged(report(clean=[], bad=[vulnerability()])) == (
        True,
        [f"VULNERABLE: {FOUND}; fixed in: 2.7.2", "2 of 2 packages could be looked up"],
    )


def test_it_fails_when_only_some_could_be_looked_up():
    assert judged(report(skipped=[], bad=[vulnerability(fixed=())])) == (
        True,
        [
            f"VULNERABLE: {FOUND}; fixed in: no version yet",
            "1 of 2 packages could be looked up; not: own",
        ],
    )


def test_what_is_clean_passes():
    assert judged(report(clean=[])) == (False, ["1 of 1 packages could be looked up"])


@pytest.mark.parametrize("name", ["PYSEC-2019-220", "CVE-2014-0012"])
def test_what_is_accepted_passes_with_its_reason_by_any_of_its_names(name):
    assert judged(report(bad=[vulnerability()]), {name: "no sandbox here"}) == (
        False,
        [f"accepted: {FOUND}: no sandbox here", "1 of 1 packages could be looked up"],
    )


def test_an_acceptance_without_a_reason_is_none():
    has_failed, lines = judged(report(bad=[vulnerability()]), {"PYSEC-2019-220": " "})

    assert has_failed
    assert lines[:2] == [
        "PYSEC-2019-220 is accepted without a reason: write why, in pyproject.toml",
        f"VULNERABLE: {FOUND}; fixed in: 2.7.2",
    ]


@pytest.mark.parametrize(("others", "is_told"), [({}, True), ({"skipped": []}, False)])
def test_what_is_no_longer_found_need_not_be_accepted(others, is_told):
    """Where not all could be looked up, nobody knows."""
    has_failed, lines = judged(report(clean=[], **others), {"PYSEC-1": "why"})

    line = "PYSEC-1 is accepted and no longer found: remove it from pyproject.toml"
    assert not has_failed
    assert (line in lines) is is_told


def test_an_empty_report_fails():
    assert judged({"dependencies": [], "fixes": []})[0]


def test_without_a_network_nothing_was_looked_up():
    told = read_answer(1, "", "requests.exceptions.ProxyError: HTTPSConnectionPool(host='x')")

    has_failed, (line,) = judged(told)
    pinned = sum("==" in one for one in (ROOT / PINNED).read_text().splitlines())
    assert not has_failed
    assert line.startswith(f"0 of {pinned} packages could be looked up here")


def test_another_failure_is_one():
    with pytest.raises(ValueError, match=r"ended with 1 and said: ERROR:pip_audit\._cli:invalid"):
        read_answer(1, "", "WARNING: x\nERROR:pip_audit._cli:invalid requirements input\n")


def test_the_real_tool_without_a_network_says_so():
    nowhere = "http://127.0.0.1:1"
    rest = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}

    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "audit.py")],
        env=rest | {"HTTPS_PROXY": nowhere, "HTTP_PROXY": nowhere},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "no advisory service reachable" in done.stdout
