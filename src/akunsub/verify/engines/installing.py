"""
Gets the missing engines onto this machine.

Playwright's builds, else Debian's packages, else one line that says what to install. A machine
that has all three is left alone, in well under 1 s.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from akunsub.verify.engines import apt, builds
from akunsub.verify.engines.finding import ENGINE_NAMES, find_all, override_variable

if TYPE_CHECKING:
    from collections.abc import Callable


def install(report: Callable[[str], None]) -> list[str]:
    """
    Install the engines that are missing. Needs the network, and root for system packages.

    Args:
        report: Called with one line at a time; not at all when nothing is missing.

    Returns:
        The names of the engines still missing; the last line reported says how to get them.
    """
    wanted = [name for name in _missing() if not _is_overridden(name)]
    if wanted:
        builds.download(wanted, report)
    broken = _broken()
    if broken and _is_root():
        builds.install_libraries(broken, report)
        broken = _broken()
    wanted = [name for name in _missing() if not _is_overridden(name)]
    if wanted and _is_root():
        apt.install(wanted, report)
    for name in filter(_is_overridden, _missing()):
        report(f"{name}: {override_variable(name)} names no file")
    missing = [name for name in ENGINE_NAMES if name in {*_missing(), *broken}]
    if missing:
        report(how_to_install(missing, broken=bool(broken)))
    return missing


def how_to_install(names: list[str], *, broken: bool = False) -> str:
    """
    Return the one line that tells a person how to get the engines *names*.

    Args:
        names: What is missing.
        broken: Playwright's own builds are here but lack libraries.
    """
    packages = [] if broken else apt.packages_of_all(names)
    command = (
        f"sudo apt-get install --no-install-recommends {' '.join(packages)}"
        if packages
        else f"python -m playwright install --with-deps {' '.join(names)}"
    )
    return f"missing: {', '.join(names)}. To get them: {command}"


def _missing() -> list[str]:
    here = {found.name for found in find_all()}
    return [name for name in ENGINE_NAMES if name not in here]


def _broken() -> list[str]:
    return [name for name, starts in builds.do_start(find_all()).items() if not starts]


def _is_overridden(name: str) -> bool:
    return bool(os.environ.get(override_variable(name)))


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
