"""This repository's own sdk/ and dist/."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
SCRIPTS = ["ak_list_unsubscribe.js", "ak_list_unsubscribe.debug.js", "ak_list_unsubscribe.mjs"]


def manifest():
    return json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))


def test_dist_is_what_sdk_builds(build, capsys):
    code = build.main(["--check"])

    output = capsys.readouterr()
    assert (code, output.out, output.err) == (0, "dist/ is up to date\n", "")


def test_integrity_is_that_of_the_files():
    found = {
        name: "sha384-"
        + base64.b64encode(hashlib.sha384((DIST / name).read_bytes()).digest()).decode()
        for name in [*SCRIPTS, "akunsub.d.ts"]
    }

    assert {name: entry["integrity"] for name, entry in manifest()["files"].items()} == found


def test_files_keep_their_budgets():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    budgets = project["tool"]["akunsub"]["build"]["budget_brotli_bytes"]
    sizes = {name: manifest()["files"][name]["brotli_bytes"] for name in budgets}

    assert {name: size for name, size in sizes.items() if size > budgets[name]} == {}
    assert set(budgets) == {"ak_list_unsubscribe.js", "ak_list_unsubscribe.mjs"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_es2017_without_a_backtick(build, name):
    text = (DIST / name).read_text(encoding="utf-8")
    root = build.js.PARSER.parse(text.encode()).root_node

    # As module.js: only there is import.meta.url allowed.
    build.js.check_source("module.js", text, root)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("name", SCRIPTS)
def test_node_accepts_the_script(name):
    result = subprocess.run(
        ["node", "--check", str(DIST / name)], capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stderr) == (0, "")
