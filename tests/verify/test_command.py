"""``akunsub verify`` as people and CI run it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.verify.pages import BROKEN, CLEAN


@pytest.fixture
def verify(tmp_path):
    """``verify(name, *arguments)``: the finished process; the pages are in its folder."""
    (tmp_path / "clean.html").write_text(CLEAN, encoding="utf-8")
    (tmp_path / "language.html").write_text(BROKEN["language"], encoding="utf-8")

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "akunsub", "verify", "--engine", "chromium", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_clean_page_is_0(verify):
    done = verify("clean.html", "--rule", "language")

    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ The page says in which language it is." in done.stdout
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
        "✗ The page says in which language it is.  language",
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
    assert calls == [("confirm", "ok")]


def test_json_is_only_json(verify):
    done = verify("clean.html", "--rule", "language", "--format", "json")

    assert json.loads(done.stdout)["schema_version"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.html"], "there is no missing.html; name a URL, an HTML file or a folder"),
        (["clean.html", "--rule", "nonsense"], "--rule: no 'nonsense', only "),
        (["clean.html", "--format", "xml"], "--format: no 'xml', only text, json"),
        (["http://127.0.0.1:9/"], "the page does not load: "),
    ],
)
def test_what_cannot_be_run_is_2(verify, arguments, said):
    done = verify(*arguments)

    assert done.returncode == 2
    assert said in done.stderr
