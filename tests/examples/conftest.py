"""The projects in examples/, each a copy of its own with what npm installs for it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import pytest

from akunsub.verify import engines
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"
CACHE = ROOT / ".cache" / "examples"
# Cypress's own types are older than TypeScript 7; the example itself needs none of it.
TYPESCRIPT = {"typescript": "5.9.3"}
_QUIET = ("--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
_NO_BROWSERS = {"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1", "CYPRESS_INSTALL_BINARY": "0"}


@dataclass
class Project:
    """A copy of an example."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, *command, **variables):
        """Run a command there, with the ``akunsub`` that is tested."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PATH": path, **self.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    def edit(self, name, old, new):
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def playwright_project(tmp_path):
    executable = _chromium()
    project = _copy("playwright", tmp_path)
    project.variables["CHROMIUM_PATH"] = str(executable)
    _link(project, {})
    return project


@pytest.fixture
def cypress_project(tmp_path):
    """The Cypress example as it is: nothing is installed."""
    return _copy("cypress", tmp_path)


@pytest.fixture
def cypress_project_with_types(cypress_project):
    _link(cypress_project, TYPESCRIPT)
    return cypress_project


def _copy(name, tmp_path):
    ignored = shutil.ignore_patterns("node_modules", "test-results", "*.db*")
    return Project(shutil.copytree(EXAMPLES / name, tmp_path / name, ignore=ignored))


def _link(project, further):
    wanted = json.loads((project.folder / "package.json").read_text(encoding="utf-8"))
    packages = {**wanted["devDependencies"], **further}
    (project.folder / "node_modules").symlink_to(_install(packages), target_is_directory=True)


def _install(packages):
    """Return a ``node_modules`` with *packages*, fetched once by the npm client."""
    text = json.dumps({"private": True, "devDependencies": packages}, sort_keys=True)
    folder = CACHE / hashlib.sha256(text.encode()).hexdigest()[:16]
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, and whoever is first: other processes may be at it as well.
        scratch = Path(mkdtemp(dir=CACHE))
        (scratch / "package.json").write_text(text, encoding="utf-8")
        subprocess.run(
            ["npm", "install", "--ignore-scripts", *_QUIET],
            cwd=scratch,
            env=os.environ | _NO_BROWSERS,
            check=True,
            timeout=300,
        )
        try:
            scratch.rename(folder)
        except OSError:
            shutil.rmtree(scratch)
            assert folder.exists()
    return folder / "node_modules"


def _chromium():
    found = engines.find("chromium")
    if found is None:
        # Where a person develops, the other tests are better than none; CI has to have it.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(engines.how_to_install(["chromium"]))
    return found.executable
