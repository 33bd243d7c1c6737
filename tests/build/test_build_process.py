"""build.py as a process of its own: --watch, and what happens when something is not installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = str(ROOT / "build.py")


@pytest.fixture
def watching(tree):
    """Start --watch; yield the tree, a function that reads until a line, and the process."""
    command = [sys.executable, BUILD, "--watch", "--root", str(tree.root)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        # If a line never comes, the process ends and readline returns ''.
        guard = threading.Timer(30, process.kill)
        guard.start()

        def read_until(*starts: str) -> str:
            for line in process.stdout:
                if line.startswith(starts):
                    return line
            pytest.fail(f"no line that starts with {starts}")

        yield tree, read_until, process
        guard.cancel()
        process.kill()


def replace(tree, path: str, text: str) -> None:
    """Change a file as editors do: in one step, by another file."""
    draft = tree.root.parent / "draft"
    draft.write_text(text, encoding="utf-8")
    draft.replace(tree.root / path)


def test_watch_rebuilds_on_each_change_until_interrupted(watching):
    tree, read_until, process = watching
    read_until("built dist/")

    replace(tree, "sdk/src/join.js", "export const join = () => 'second';\n")
    read_until("built dist/")
    second = tree.text("dist/ak_list_unsubscribe.js")

    replace(tree, "pyproject.toml", '[project]\nversion = "3.0"\n')
    read_until("built dist/")
    third = tree.text("dist/ak_list_unsubscribe.js")

    replace(tree, "sdk/src/join.js", "export default 1;\n")
    error = read_until("sdk/", "built")

    replace(tree, "sdk/src/join.js", "export const join = () => 'fourth';\n")
    read_until("built dist/")
    fourth = tree.text("dist/ak_list_unsubscribe.js")

    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()

    assert "'second'" in second
    assert third.startswith("/*! akunsub 3.0 ")
    assert error.startswith("sdk/src/join.js:1: this cannot be bundled: ")
    assert "'fourth'" in fourth
    assert (process.wait(), rest) == (0, "")


@pytest.mark.parametrize("name", ["jsmin", "tree_sitter", "watchfiles", "zopfli"])
def test_missing_dependency_is_one_line(tmp_path, name):
    missing = f"raise ModuleNotFoundError('No module named {name}', name={name!r})\n"
    (tmp_path / f"{name}.py").write_text(missing, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    result = subprocess.run(
        [sys.executable, BUILD, "--check"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stdout) == (1, "")
    wanted = 'pip install "akunsub[build]" or make build'
    assert result.stderr == f"build.py: {name} is not installed: {wanted}\n"


def test_folder_that_is_not_there_is_a_usage_error(tmp_path, build, capsys):
    with pytest.raises(SystemExit) as stopped:
        build.main(["--root", str(tmp_path / "nowhere")])

    assert stopped.value.code == 2
    assert "there is no folder" in capsys.readouterr().err
