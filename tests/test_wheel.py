"""What a release holds: the wheel is built and taken apart."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    # Run elsewhere: in the root `-m build` would be our own build.py.
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


def names_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_it_holds_the_package_the_sdk_and_the_demo(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "src/akunsub", "dist", "demo", "sdk/python"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    expected = {
        name.removeprefix("src/") if name.startswith("src/") else f"akunsub/{name}"
        for name in tracked
    }
    assert names_in(wheel) == expected
    assert {"akunsub/dist/ak_list_unsubscribe.js", "akunsub/demo/index.html"} <= expected


def test_it_serves_from_an_empty_environment(wheel, tmp_path):
    """No repository around, and nothing but what the wheel asks for: no Playwright above all."""
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    subprocess.run(
        [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--constraint",
            ROOT / "constraints.txt",
            wheel,
        ],
        check=True,
        cwd=tmp_path,
    )

    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "page.html").write_text("<!doctype html><title>Mine</title>")
    code = (
        "import json, subprocess, sys, urllib.request\n"
        "command = [sys.executable, '-m', 'akunsub', *sys.argv[1:], '--port', '0', '--json']\n"
        "process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)\n"
        "facts = json.loads(process.stdout.readline())\n"
        "urls = [facts['url'] + '/ak_list_unsubscribe.js?id=MXw3Mw==', facts['inspector']]\n"
        "urls += [facts[name] for name in ('page', 'documented', 'beside') if name in facts]\n"
        "print(*(urllib.request.urlopen(url).status for url in urls))\n"
        "process.terminate()\n"
        "print(process.wait(20))\n"
    )
    pages = ["--page-port", "0", "--no-browser"]
    for command, expected in (
        (["serve"], "200 200\n0\n"),
        (["demo", *pages], "200 200 200 200\n0\n"),
        (["dev", "page.html", *pages], "200 200 200 200\n0\n"),
        (["dev", "--starter", *pages], "200 200 200 200\n0\n"),
    ):
        done = subprocess.run(
            [python, "-c", code, *command],
            capture_output=True,
            text=True,
            cwd=empty if "--starter" in command else tmp_path,
            check=True,
        )
        assert done.stdout == expected

    listed = subprocess.run(
        [python, "-m", "pip", "list"], capture_output=True, text=True, check=True
    ).stdout.lower()
    assert "playwright" not in listed
    assert "jsmin" not in listed
