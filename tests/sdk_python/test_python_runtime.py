"""The Python for pages, as npm has it."""

from __future__ import annotations

import os
import shutil
import stat

import pytest

from akunsub import python_runtime


@pytest.fixture
def target(monkeypatch, tmp_path):
    """Where it goes; nothing is there yet."""
    monkeypatch.setattr(python_runtime, "folder", lambda: tmp_path / "cache" / "python")
    return tmp_path / "cache" / "python"


@pytest.fixture
def npm(monkeypatch, tmp_path):
    """``npm(script)``: what ``npm`` does here."""

    def does(script):
        program = tmp_path / "bin" / "npm"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")

    return does


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def test_what_pages_need_is_there_and_nothing_else(target):
    if not shutil.which("npm"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("npm is not installed")

    assert python_runtime.fetch() == target

    assert "pyscript/core.js" in files(target)
    assert files(target)[:2] == ["micropython/micropython.mjs", "micropython/micropython.wasm"]
    assert not any("codemirror" in name or name.endswith(".map") for name in files(target))
    assert [one.name for one in target.parent.iterdir()] == ["python"]


def test_what_is_there_is_not_fetched_again(target, npm):
    npm("exit 1")
    target.mkdir(parents=True)

    assert python_runtime.fetch() == target


def test_without_npm_is_said_how_to_get_it(target, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(python_runtime.RuntimeMissingError, match=r"nodejs\.org"):
        python_runtime.fetch()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo no network >&2; exit 1", "npm cannot get @pyscript/core@.*: no network"),
        ("echo x > x.tgz; echo x.tgz", "is not what it was: sha512-"),
    ],
)
def test_what_npm_does_not_get_right_leaves_nothing(target, npm, script, told):
    npm(script)

    with pytest.raises(python_runtime.RuntimeMissingError, match=told):
        python_runtime.fetch()

    assert list(target.parent.iterdir()) == []
