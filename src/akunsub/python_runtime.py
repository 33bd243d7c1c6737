"""
The Python that the demo's pages in Python run on: PyScript and MicroPython.

From npm, once, by version and hash; nothing of it is in this project. No page asks another server.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import shutil
import subprocess  # nosec B404  # lists of arguments, never a shell
import tarfile
from base64 import b64encode
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from akunsub import assets
from akunsub.errors import AkUnsubError

_TIMEOUT_S = 120


class RuntimeMissingError(AkUnsubError):
    """It cannot be had; the message says what is needed."""


class _Package(NamedTuple):
    """One of npm's: its tarball's hash, and what of it is used."""

    name: str
    version: str
    integrity: str
    folder: str
    files: tuple[str, ...]


_STUBS = ("deprecations-manager", "donkey", "error", "py-editor", "py-game", "py-terminal")
_PACKAGES = (
    _Package(
        "@pyscript/core",
        "0.7.31",
        "sha512-GqM1aonc1N4RTkNZ1zJ8jJk8+i2cqeztZslPsAiQtn+wHHkUX9Z1FgIg4HjCvhBylB68UKmbTVTzOobpgPIMVQ==",
        "pyscript",
        ("LICENSE", "dist/core.js", "dist/core-*.js", *(f"dist/{name}-*.js" for name in _STUBS)),
    ),
    _Package(
        "@micropython/micropython-webassembly-pyscript",
        "1.28.0-6",
        "sha512-eRJw+jOhFPoEClHRI8RmzIBjORpOhVdDFcdrNYHUc0U+EwchuD5cYIfmgvj3RWim7vBnjBK8mYxMBBVduOo8Lw==",
        "micropython",
        ("micropython.mjs", "micropython.wasm"),
    ),
)


def folder() -> Path:
    """Return where it is, or will be: of a checkout in its cache, else in the person's."""
    name = "python-" + "-".join(package.version for package in _PACKAGES)
    if root := assets.checkout():
        return root / ".cache" / name
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "akunsub", name)


def is_here() -> bool:
    """Has it been fetched?"""
    return folder().is_dir()


def fetch() -> Path:
    """
    Get it, if it is not here, and return where it is.

    Raises:
        RuntimeMissingError: npm is not here, cannot get it, or got something else.
    """
    target = folder()
    if target.is_dir():
        return target
    if not shutil.which("npm"):
        raise RuntimeMissingError(
            "Python in a page needs npm, once: nodejs.org has it; on Debian, apt install npm"
        )
    try:
        _fetch_into(target)
    except OSError as error:
        raise RuntimeMissingError(f"Python for pages cannot be kept: {error}") from error
    return target


def _fetch_into(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch, "made")
        for package in _PACKAGES:
            _unpack(_download(package, Path(scratch)), package, made / package.folder)
        try:
            made.rename(target)
        except OSError:  # somebody else was faster
            if not target.is_dir():
                raise


def _download(package: _Package, scratch: Path) -> Path:
    spec = f"{package.name}@{package.version}"
    command = [shutil.which("npm") or "npm", "pack", "--silent", spec]
    try:
        done = subprocess.run(  # nosec B603  # a list of arguments of ours
            command, cwd=scratch, capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        raise RuntimeMissingError(f"npm cannot get {spec}: {str(said).strip()}") from error
    path = scratch / (done.stdout.strip().splitlines() or ["nothing"])[-1]
    if not path.is_file():
        raise RuntimeMissingError(f"npm got no file of {spec}")
    got = "sha512-" + b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if got != package.integrity:
        raise RuntimeMissingError(f"{spec} is not what it was: {got}, not {package.integrity}")
    return path


def _unpack(archive: Path, package: _Package, into: Path) -> None:
    into.mkdir(parents=True)
    with tarfile.open(archive) as files:
        for member in files:
            name = member.name.partition("/")[2]  # all of it is below package/
            content = files.extractfile(member)
            if content and any(fnmatch.fnmatchcase(name, wanted) for wanted in package.files):
                (into / PurePosixPath(name).name).write_bytes(content.read())
