"""``akunsub verify`` as people and CI run it."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from akunsub.verify.target import served
from tests.conftest import SMID
from tests.verify.pages import BROKEN, CLEAN, PXL, write


@pytest.fixture
def verify(tmp_path):
    """``verify(name, *arguments)``: the finished process; the pages are in its folder."""
    write(tmp_path, "clean", CLEAN)
    write(tmp_path, "language", BROKEN["language"])

    def run(*arguments, answer=""):
        return subprocess.run(
            [sys.executable, "-m", "akunsub", "verify", "--engine", "chromium", *arguments],
            cwd=tmp_path,
            input=answer,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_clean_page_is_0(verify):
    done = verify("clean.html", "--rule", "language")

    assert done.returncode == 0
    assert re.fullmatch(r"clean.html chromium: 1 rule in \d+ s, 0 failed\n", done.stderr)
    assert "✓ The page says which language it is in." in done.stdout
    assert "1 passed" in done.stdout


def test_findings_are_1_and_told_in_every_format_that_was_asked_for(verify, tmp_path):
    done = verify(
        ".",
        "--rule",
        "language",
        "--rule",
        "noindex",
        "--format",
        "text",
        "--format",
        "json=r.json",
    )

    assert done.returncode == 1
    for line in (
        "language.html",
        "✗ The page says which language it is in.  language",
        "<html> has no lang",
    ):
        assert line in done.stdout
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    found = [
        (page["target"], result["rule"], result["engine"], result["status"])
        for page in report["pages"]
        for result in page["results"]
    ]
    assert found == [
        ("clean.html", "language", "chromium", "pass"),
        ("clean.html", "noindex", "chromium", "pass"),
        ("language.html", "language", "chromium", "fail"),
        ("language.html", "noindex", "chromium", "pass"),
    ]


def test_the_report_has_the_calls_of_every_visit(verify):
    rules = ["--rule", "confirm-arrives", "--rule", "no-scripted-press"]

    done = verify("clean.html", *rules, "--format", "json")

    (page,) = json.loads(done.stdout)["pages"]
    calls = [(call["action"], call["rule"]) for call in page["calls"]["chromium"]]
    assert calls == [("confirm", "ok"), ("confirm", "already")]


def test_json_is_only_json(verify):
    done = verify("clean.html", "--rule", "language", "--format", "json")

    assert json.loads(done.stdout)["schema_version"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.html"], "there is no missing.html; name a URL, an HTML file or a folder"),
        (["clean.html", "--rule", "nonsense"], "--rule: no 'nonsense', only "),
        (
            ["clean.html", "--format", "xml"],
            "--format: no 'xml', only text, json, junit, sarif, github, html",
        ),
        (["http://127.0.0.1:9/"], "the page does not load: "),
    ],
)
def test_what_cannot_be_run_is_2(verify, arguments, said):
    done = verify(*arguments)

    assert done.returncode == 2
    assert said in done.stderr


def test_what_is_in_the_baseline_is_told_and_is_no_reason_to_fail(verify):
    check = ["language.html", "--rule", "language"]
    verify(*check, "--format", "json=before.json")

    done = verify(*check, "--rule", "noindex", "--baseline", "before.json")

    assert done.returncode == 0
    assert "known" in done.stdout
    assert "<html> has no lang" in done.stdout


def test_what_is_not_in_the_baseline_is_a_reason_to_fail(verify, tmp_path):
    verify("language.html", "--rule", "noindex", "--format", "json=before.json")

    done = verify("language.html", "--rule", "language", "--baseline", "before.json")

    assert done.returncode == 1


def test_what_is_gone_from_the_baseline_is_told(verify, tmp_path):
    verify("language.html", "--rule", "language", "--format", "json=before.json")
    write(tmp_path, "language", CLEAN)

    done = verify("language.html", "--rule", "language", "--baseline", "before.json")

    assert done.returncode == 0
    assert "before.json: 1 of its findings are gone" in done.stderr


@pytest.mark.parametrize("content", ["", "[]", '{"schema_version": 2}'])
def test_a_baseline_that_is_no_report_is_2(verify, tmp_path, content):
    (tmp_path / "before.json").write_text(content, encoding="utf-8")

    done = verify("clean.html", "--baseline", "before.json")

    assert done.returncode == 2
    assert "--baseline before.json is no report (" in done.stderr


@pytest.mark.parametrize(
    ("mode", "lines"),
    [
        (
            "prevented",
            [
                "✓ When the endpoint refuses, the page says so.",
                "the resource's mode is prevented: no press is accepted",
                "the resource's mode is prevented, without a timer",
            ],
        ),
        (
            "delayed",
            ["✓ A press arrives at the endpoint", "✓ While the timer runs, people can stay"],
        ),
    ],
)
def test_the_mode_can_be_chosen(verify, mode, lines):
    rules = ["confirm-arrives", "cancel-works", "refusal-shown"]

    done = verify(
        "clean.html", "--mode", mode, *(part for one in rules for part in ("--rule", one))
    )

    assert done.returncode == 0
    for line in lines:
        assert line in done.stdout


def test_a_selector_that_is_nowhere_is_found_out(verify):
    done = verify("clean.html", "--confirm", "#nowhere", "--rule", "confirm-found")

    assert done.returncode == 1
    assert "it is not in sight, or disabled" in done.stdout


@pytest.fixture
def live_url(tmp_path, endpoint):
    """A page whose pixel host is there."""
    page = CLEAN._replace(
        html=CLEAN.html.replace(PXL, endpoint.url), script=CLEAN.script.replace(PXL, endpoint.url)
    )
    folder = tmp_path / "live"
    folder.mkdir()
    with served([str(write(folder, "live", page))]) as (target,):
        yield target.with_smid("smid", SMID)


def test_live_presses_once_on_the_real_host(verify, live_url, endpoint):
    done = verify(live_url, "--live", answer="y\n")

    assert f"unsubscribe {SMID} for real" in done.stderr
    assert [call["rule"] for call in endpoint.actions()] == ["ok"]
    assert endpoint.state()["status"] == "unsubscribed"
    assert "✓ A press arrives at the endpoint as a good call" in done.stdout
    assert "it is not tried with --live, where a press counts" in done.stdout
    assert done.returncode == 0, done.stdout


def test_without_consent_nothing_is_opened(verify, live_url, endpoint):
    done = verify(live_url, "--live", answer="n\n")

    assert done.returncode == 2
    assert "--live was not agreed to; nothing was opened" in done.stderr
    assert endpoint.calls() == []


def test_live_needs_somebodys_smid(verify):
    done = verify("clean.html", "--live", answer="y\n")

    assert done.returncode == 2
    assert "--live needs a URL with the smid of somebody who agrees to leave" in done.stderr
