"""``akunsub dev``, run as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from tests.conftest import ROOT, SCRIPT_ID, SMID

DEV = [sys.executable, "-m", "akunsub", "dev"]
FREE = ("--port", "0", "--page-port", "0", "--no-browser")


@contextmanager
def started(*arguments, cwd):
    process = subprocess.Popen(
        [*DEV, *arguments, *FREE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()


def run(*arguments, cwd):
    return subprocess.run(
        [*DEV, *arguments, *FREE],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def lines_until(process, end):
    lines = []
    while not lines or not lines[-1].startswith(end):
        lines.append(process.stdout.readline().rstrip("\n"))
        assert lines[-1] or len(lines) < 100, process.stderr.read()
    return lines


def test_it_says_where_everything_is_and_what_is_called(tmp_path):
    (tmp_path / "page.html").write_text("<title>No tag</title>")
    with started("page.html", cwd=tmp_path) as process:
        lines = lines_until(process, "Press a button")
        url = lines[2].split()[-1].removesuffix("/_unsub/")
        httpx.post(f"{url}/unsub/confirm", data={"smid": SMID, "id": SCRIPT_ID})
        told = next(filter(None, map(str.rstrip, process.stdout)))

    assert "The page does not load the SDK; here it is there all the same." in lines
    assert f'  <script src="{url}/ak_list_unsubscribe.js?id={SCRIPT_ID}"></script>' in lines
    assert any(line.split()[:2] == [SMID, "confirm"] for line in lines)
    assert told.endswith(f"  good  confirm for {SMID}")


def test_json_says_the_same_in_lines(tmp_path):
    (tmp_path / "page.html").write_text("<title>No tag</title>")
    with started("page.html", "--json", cwd=tmp_path) as process:
        facts = json.loads(process.stdout.readline())
        status = httpx.get(facts["page"]).status_code
        httpx.post(f"{facts['url']}/unsub/confirm", data={"smid": "fNobody", "id": SCRIPT_ID})
        told = json.loads(process.stdout.readline())

    assert facts["pid"] == process.pid
    assert facts["inspector"] == f"{facts['url']}/_unsub/"
    assert status == 200
    assert "bad   confirm for fNobody: unknown_smid" in told["line"]


def test_an_empty_folder_is_told_about_the_starter(tmp_path):
    done = run(cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == "Error: . has no *.html in it; --starter writes one there\n"
    assert list(tmp_path.iterdir()) == []


def test_the_starter_is_the_demos_page(tmp_path):
    with started("--starter", "--json", cwd=tmp_path) as process:
        facts = json.loads(process.stdout.readline())
        page = httpx.get(facts["page"])

    assert sorted(one.name for one in tmp_path.iterdir()) == ["index.html", "page.css", "page.js"]
    for one in tmp_path.iterdir():
        assert one.read_bytes() == (ROOT / "demo" / one.name).read_bytes()
    assert "wired.js" in page.text


@pytest.mark.parametrize("name", ["index.html", "page.js"])
def test_the_starter_overwrites_nothing(tmp_path, name):
    (tmp_path / name).write_text("mine")

    done = run("--starter", cwd=tmp_path)

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(name, "mine")]


def test_what_is_no_page_is_told(tmp_path):
    done = run("nosuch.html", cwd=tmp_path)

    assert (done.returncode, done.stderr.splitlines()) == (
        1,
        ["Error: there is no nosuch.html; name an HTML file, a folder, or the URL of your server"],
    )


@pytest.mark.parametrize(("answer", "files"), [("y\n", 3), ("n\n", 0)])
def test_a_person_in_an_empty_folder_is_offered_the_starter(tmp_path, answer, files):
    ours, theirs = os.openpty()
    os.write(ours, answer.encode())
    pipe = subprocess.PIPE
    command = [*DEV, *FREE, "--json"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=pipe, stderr=pipe, text=True, cwd=tmp_path
    ) as process:
        said = process.stderr.readline()
        process.terminate()
    for end in (ours, theirs):
        os.close(end)

    assert said.startswith(f"There is no page in {tmp_path}. Write one? [Y/n]: ")
    assert len([*tmp_path.iterdir()]) == files
