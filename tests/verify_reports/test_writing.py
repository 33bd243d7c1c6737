"""Where reports go."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from akunsub.errors import AkUnsubError
from akunsub.verify.reports.writing import FORMATS, check_path, write
from tests.verify_reports.sample import HOSTILE, clean, hostile, report

BEGINNINGS = {
    "text": "pages/leave now.html\n",
    "json": '{\n "schema_version": 1,',
    "junit": "<testsuites ",
    "sarif": '{\n "$schema": ',
    "github": "::error title=",
    "html": "<!doctype html>\n",
}


def test_every_format_is_written_to_its_file(tmp_path):
    for name in FORMATS:
        write(name, str(tmp_path / name), [report()])

    written = {name: (tmp_path / name).read_text(encoding="utf-8") for name in FORMATS}
    assert {name: text[: len(BEGINNINGS[name])] for name, text in written.items()} == BEGINNINGS
    assert all(text.endswith("\n") for text in written.values())


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"html"}))
def test_without_a_path_it_is_printed_as_it_would_be_written(tmp_path, capfdbinary, name):
    write(name, str(tmp_path / name), [report()])
    write(name, "", [report()])

    assert capfdbinary.readouterr().out == (tmp_path / name).read_bytes()


def test_nothing_wrong_is_nothing_printed_for_github(capfd):
    write("github", "", [clean()])

    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_page_says_can_be_written(tmp_path, name, text):
    write(name, str(tmp_path / "report"), [hostile(text)])

    written = (tmp_path / "report").read_text(encoding="utf-8")
    assert "\\ud83d" not in written if name in {"json", "sarif"} else written


@pytest.mark.parametrize(
    ("name", "path", "said"),
    [
        ("html", "", "--format html needs a path: html=report.html"),
        ("json", "missing/r.json", "--format json=missing/r.json: there is no folder missing; "),
        ("sarif", ".", "--format sarif=.: that is a folder; name a file in it"),
    ],
)
def test_what_cannot_be_written_is_said_before_and_after(tmp_path, monkeypatch, name, path, said):
    monkeypatch.chdir(tmp_path)

    for refuse in (lambda: check_path(name, path), lambda: write(name, path, [clean()])):
        with pytest.raises(AkUnsubError, match=f"^{re.escape(said)}"):
            refuse()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_disk_that_is_full_is_an_error_of_ours():
    with pytest.raises(AkUnsubError, match=r"^--format json=/dev/full: No space left on device$"):
        write("json", "/dev/full", [clean()])


def test_a_terminal_gets_colours_and_a_log_does_not():
    code = (
        "from akunsub.verify.reports.writing import write\n"
        "from tests.verify_reports.sample import report\n"
        "write('text', '', [report()])\n"
    )

    def printed(**environment):
        return subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONIOENCODING": "utf-8", "COLUMNS": "40", "TERM": "xterm", **environment},
            capture_output=True,
            check=True,
        ).stdout.decode()

    in_terminal, in_log = printed(FORCE_COLOR="1"), printed()
    assert "\x1b[1;31m✗\x1b[0m The page keeps broken." in in_terminal
    assert "\x1b" not in in_log
    assert max(map(len, in_log.splitlines())) > 40


def test_asking_for_the_formats_loads_none_of_them():
    code = (
        "import json, sys, akunsub.verify.reports.writing\n"
        "print(json.dumps(sorted({'jinja2', 'junitparser', 'pydantic', 'rich'} & {*sys.modules})))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert json.loads(done.stdout) == []
