"""
Finds the browser engines this machine has; starts none and installs none.

Playwright's own builds come first, the system's browsers are the fallback for machines
where those builds cannot be downloaded. ``AKUNSUB_CHROMIUM``, ``AKUNSUB_FIREFOX`` and
``AKUNSUB_WEBKIT`` (paths of stock executables) override both.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

ENGINE_NAMES = ("chromium", "firefox", "webkit")

Kind = Literal["playwright", "system"]

_HEADLESS_SHELL = "chromium-headless-shell"
_COMMANDS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "firefox": ("firefox-esr", "firefox"),
}
# Where Debian and Ubuntu (/usr/lib/<triplet>), Fedora and Arch keep WebKitGTK's test browser.
_MINIBROWSER_PATTERNS = (
    "lib/*/webkit2gtk-4.1/MiniBrowser",
    "lib*/webkit2gtk-4.1/MiniBrowser",
    "libexec/webkit2gtk-4.1/MiniBrowser",
)


@dataclass(frozen=True)
class Found:
    """
    One engine that is here.

    Attributes:
        kind: ``"playwright"`` for a build Playwright downloaded, ``"system"`` for a stock one.
        executable: What will be started.
    """

    name: str
    kind: Kind
    executable: Path


def override_variable(name: str) -> str:
    return f"AKUNSUB_{name.upper()}"


def find(
    name: str, playwright: Playwright | None = None, *, headless_shell: bool = False
) -> Found | None:
    """
    Return where engine *name* is, or ``None``.

    An override that names no file makes its engine missing: falling back silently would test
    another browser than the one that was asked for.

    Args:
        name: One of ``ENGINE_NAMES``.
        playwright: The running Playwright, if there is one: its sync API cannot be started
            twice in a thread.
        headless_shell: Rather than a system's whole Chromium, take what of it shows a page and
            nothing else, if that is here: a page opens in half the time.
    """
    if name not in ENGINE_NAMES:
        raise ValueError(f"no engine {name!r}, only {', '.join(ENGINE_NAMES)}")
    path = os.environ.get(override_variable(name))
    if path:
        return Found(name, "system", Path(path)) if Path(path).is_file() else None
    return _own_build(name, playwright) or _system(name, headless_shell=headless_shell)


def find_all(*, headless_shell: bool = False) -> list[Found]:
    """Return the engines that are here; see ``find``."""
    found = (find(name, headless_shell=headless_shell) for name in ENGINE_NAMES)
    return [one for one in found if one]


def _system(name: str, *, headless_shell: bool) -> Found | None:
    # The relay for stock Firefox, Xvfb and MiniBrowser are Unix things; elsewhere Playwright's
    # own builds can be downloaded.
    if sys.platform in ("win32", "darwin"):
        return None
    if name == "webkit":
        executable = _minibrowser() if _has_display() else None
    else:
        commands = _COMMANDS[name]
        if headless_shell and name == "chromium":
            commands = (_HEADLESS_SHELL, *commands)
        executable = next(filter(None, map(shutil.which, commands)), None)
    return Found(name, "system", Path(executable)) if executable else None


def _minibrowser() -> str | None:
    paths = (path for pattern in _MINIBROWSER_PATTERNS for path in Path("/usr").glob(pattern))
    return next(map(str, paths), None)


def _has_display() -> bool:
    return bool(shutil.which("Xvfb") or os.environ.get("DISPLAY"))


def _own_build(name: str, playwright: Playwright | None) -> Found | None:
    if playwright:
        path = Path(getattr(playwright, name).executable_path)
    elif _may_be_downloaded(name):
        path = _own_paths(os.environ.get("PLAYWRIGHT_BROWSERS_PATH"))[name]
    else:
        return None
    return Found(name, "playwright", path) if path.exists() else None


@cache
def _own_paths(browsers_path: str | None) -> dict[str, Path]:  # noqa: ARG001  a key
    """Ask Playwright, whose start takes 0.6 s (1.65.2), where its builds would be."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return {name: Path(getattr(playwright, name).executable_path) for name in ENGINE_NAMES}


def _may_be_downloaded(name: str) -> bool:
    """
    Tell whether it is worth asking Playwright.

    Only Playwright knows which revision it wants and where in the folder the executable is.
    https://playwright.dev/python/docs/browsers#managing-browser-binaries
    """
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if folder == "0":  # inside the package
        return True
    if folder:
        return any(Path(folder).glob(f"{name}-*"))
    default = {"win32": "AppData/Local", "darwin": "Library/Caches"}.get(sys.platform)
    cache = Path.home() / default if default else _xdg_cache()
    return any((cache / "ms-playwright").glob(f"{name}-*"))


def _xdg_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
