"""Playwright's own builds: downloading them, and whether they start on this system."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from akunsub.verify.engines.processes import Outcome, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from akunsub.verify.engines.finding import Found

_TIMEOUT_S = 600
# Playwright tries each address five times: 30 s, its default, would be 150 s of silence behind
# a firewall. An unknown host takes it 3 s (1.65.2).
_CONNECTION_TIMEOUT_MS = "5000"


def download(names: Iterable[str], report: Callable[[str], None]) -> None:
    report(f"downloading Playwright's {', '.join(names)}")
    _report_failure(_playwright("install", *names), report)


def install_libraries(names: Iterable[str], report: Callable[[str], None]) -> None:
    """Install the system libraries of the builds *names*, as root."""
    report(f"installing the system libraries of Playwright's {', '.join(names)}")
    _report_failure(_playwright("install-deps", *names), report)


def do_start(found: Iterable[Found]) -> dict[str, bool]:
    """
    Tell for each of Playwright's own builds in *found* whether it starts.

    Playwright leaves the file asked for first once a build's libraries were all there, at its
    first launch (registry/index.ts, 1.65.2); only what lacks it is launched.
    """
    own = {one.name: one for one in found if one.kind == "playwright"}
    return {name: _is_validated(one) or _starts(name) for name, one in own.items()}


def _is_validated(build: Found) -> bool:
    return any((folder / "DEPENDENCIES_VALIDATED").exists() for folder in build.executable.parents)


def _starts(name: str) -> bool:
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            # Not its "headless shell", which is a build of its own.
            channel = "chromium" if name == "chromium" else None
            getattr(playwright, name).launch(channel=channel).close()
        except Error:
            return False
    return True


def _playwright(*arguments: str) -> Outcome:
    env = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": _CONNECTION_TIMEOUT_MS, **os.environ}
    command = [sys.executable, "-m", "playwright", *arguments]
    return run(command, timeout_s=_TIMEOUT_S, env=env)


def _report_failure(outcome: Outcome, report: Callable[[str], None]) -> None:
    if not outcome.ok:
        lines = outcome.said.strip().splitlines() or ["no output"]
        reasons = [line for line in lines if line.startswith("Error: ")]
        report(f"that failed: {(reasons or lines)[0]}")
