"""The README says what is there: each command, option, error code and file."""

from __future__ import annotations

import json
import re
import tomllib

import click
import pytest

from akunsub.cli import main
from akunsub.platform.settings_file import parse_settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
DECLARED = (ROOT / "sdk" / "akunsub.d.ts").read_text()


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_and_option_is_there(name):
    assert f"`akunsub {name}" in README
    for parameter in main.commands[name].params:
        if isinstance(parameter, click.Argument):
            assert f"`akunsub {name} {parameter.name.upper()}`" in README
            continue
        assert f"`{parameter.opts[0]}`" in README, f"{name} {parameter.opts[0]}"
        assert parameter.help


def test_every_error_code_and_option_of_the_sdk_is_there():
    codes = re.search(r"type AkUnsubErrorCode =(.*?);", DECLARED, re.DOTALL)[1]
    options = re.search(r"interface AkUnsubOptions \{(.*?)\n\}", DECLARED, re.DOTALL)[1]

    for name in re.findall(r"'(\w+)'", codes) + re.findall(r"^  (\w+)\?:", options, re.M):
        assert f"| `{name}` |" in README


def test_the_tag_to_paste_has_the_integrity_of_the_built_file():
    manifest = json.loads((ROOT / "dist" / "manifest.json").read_text())
    (integrity,) = re.findall(r'integrity="([^"]+)"', README)

    assert integrity == manifest["files"]["ak_list_unsubscribe.js"]["integrity"]


def test_the_configuration_it_shows_is_valid():
    text = re.search(r"```toml\n(.*?)```", README, re.DOTALL)[1]

    assert parse_settings(text, source="README.md").messages[0].channel == "email"


def test_every_local_link_leads_somewhere():
    for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"):
        for target in re.findall(r"\]\((?!http|#)([^)#]+)", (ROOT / name).read_text()):
            assert (ROOT / target).exists(), f"{name}: {target}"


def test_the_changelog_has_the_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert re.search(
        rf"^## \[?{re.escape(project['version'])}", (ROOT / "CHANGELOG.md").read_text(), re.M
    )
