"""
Other people's packages: from npm into folders that git ignores, SDKs bundled to what a page loads.

Nothing of them is in the repository but their names and versions.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CACHE = Path(__file__).parents[2] / ".cache" / "peers"
_BUNDLER = {"esbuild": "0.28.2"}
_TIMEOUT_S = 600
# A script, as the command line has no way to leave lazy imports out.
_BUNDLE = """
import { build } from 'esbuild';
const [options, withLazy] = JSON.parse(process.argv[1]);
const lazy = { name: 'lazy', setup(build) {
  build.onResolve({ filter: /.*/ }, ({ kind, path }) =>
    kind === 'dynamic-import' ? { path, external: true } : undefined);
} };
await build({ ...options, plugins: withLazy ? [] : [lazy] });
"""


class NpmError(Exception):
    """npm is not there, or did not do what it was asked for; the message says which."""


def install(packages: Mapping[str, str]) -> None:
    """
    Install *packages* and the bundler; a second time is over at once.

    Args:
        packages: Name and exact version.

    Raises:
        NpmError: See there.
    """
    install_into(CACHE, {**packages, **_BUNDLER})


def install_into(folder: Path, packages: Mapping[str, str]) -> None:
    """
    Install *packages* and nothing else into *folder*; a second time is over at once.

    Raises:
        NpmError: See there.
    """
    if not shutil.which("npm"):
        raise NpmError("npm is not installed: https://nodejs.org has it, on Debian apt install npm")
    wanted = {"private": True, "dependencies": {**packages}}
    text = json.dumps(wanted, indent=2, sort_keys=True)
    # Written last, so that a broken installation is not taken for a whole one.
    mark = folder / "installed.json"
    if mark.is_file() and mark.read_text(encoding="utf-8") == text:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(text, encoding="utf-8")
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    # A lock file would hold the registry's address; scripts of strangers have no business here.
    _run(folder, "npm", "install", "--ignore-scripts", "--no-package-lock", *quiet)
    mark.write_text(text, encoding="utf-8")


def bundle(name: str, source: str, *, with_lazy: bool = True) -> bytes:
    """
    Return the minified classic script that does what the ES module *source* does.

    Args:
        name: Of the file that *source* is put in, for messages.
        source: May import what was installed.
        with_lazy: Include what is only imported when it is needed (``import()``). Without, the
            script is what a page loads at first.

    Raises:
        NpmError: It cannot be bundled.
    """
    entry, target = CACHE / f"{name}.entry.js", CACHE / f"{name}.bundle.js"
    entry.write_text(source, encoding="utf-8")
    options = {
        "entryPoints": [entry.name],
        "outfile": target.name,
        "bundle": True,
        "minify": True,
        "format": "iife",
        "target": "es2020",
        "legalComments": "none",
        "logLevel": "error",
        # Documented ways to a smaller production bundle.
        "define": {"process.env.NODE_ENV": '"production"', "__SENTRY_DEBUG__": "false"},
    }
    _run(CACHE, "node", "--input-type=module", "-e", _BUNDLE, json.dumps([options, with_lazy]))
    return target.read_bytes()


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise NpmError(f"{Path(command[0]).name} failed: {said[-2000:]}")
