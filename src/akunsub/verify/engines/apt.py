"""Debian's packages of the engines: which they are, and installing them."""

from __future__ import annotations

import os
import platform
import shutil
from typing import TYPE_CHECKING

from akunsub.verify.engines.processes import Outcome, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Debian 12, tried with nothing else installed. MiniBrowser is in the library's own package,
# not in webkit2gtk-driver. A font, as each of them draws text.
_PACKAGES = {
    "chromium": ("chromium", "chromium-headless-shell", "fonts-dejavu-core"),
    "firefox": ("firefox-esr", "fonts-dejavu-core"),
    "webkit": ("libwebkit2gtk-4.1-0", "xvfb", "fonts-dejavu-core"),
}
_INSTALL = ("apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300")


def packages_of_all(names: Iterable[str]) -> list[str]:
    """Return the packages of the engines *names*; none, unless there are packages of each."""
    each = [_packages(name) for name in names]
    return list(dict.fromkeys(package for some in each for package in some)) if all(each) else []


def install(names: Iterable[str], report: Callable[[str], None]) -> None:
    """Install the packages of the engines *names*, as root; what fails is reported."""
    packaged = [name for name in names if _packages(name)]
    if not packaged:
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _report_failure(run(["apt-get", "update"], env=env), "apt-get update", report)
    for name in packaged:  # one by one: a package that is not to be had spoils only its own engine
        command = [*_INSTALL, *_packages(name)]
        report(f"{name}: {' '.join(command)}")
        _report_failure(run(command, env=env), name, report)


def _packages(name: str) -> tuple[str, ...]:
    """Return the packages of engine *name*; none where it is not packaged, or not for us."""
    system = _system_ids()
    if "debian" not in system or not shutil.which("apt-get"):
        return ()
    # Ubuntu's chromium-browser and firefox packages only install a snap, which needs a running
    # snapd and is no path that can be driven; firefox-esr it has not at all.
    if "ubuntu" in system and name != "webkit":
        return ()
    return _PACKAGES[name]


def _report_failure(outcome: Outcome, what: str, report: Callable[[str], None]) -> None:
    if not outcome.ok:
        lines = outcome.said.strip().splitlines() or ["no output"]
        report(f"{what} failed: {lines[-1]}")


def _system_ids() -> set[str]:
    try:
        release = platform.freedesktop_os_release()
    except OSError:  # not Linux, or a container image without the file
        return set()
    return {release["ID"], *release.get("ID_LIKE", "").split()}
