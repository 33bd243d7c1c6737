"""Who else says what is wrong with a page: npm's, run as their users do; and this tool."""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import TYPE_CHECKING, Any

from benchmarks.peers import npm
from benchmarks.peers.checker import Checker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDER = npm.CACHE.parent / "page_checkers"
LIGHTHOUSE = {"lighthouse": "13.5.0"}
PA11Y = {"pa11y": "10.0.0"}
_BIN = FOLDER / "node_modules" / ".bin"
# Chromium has none as root, and akunsub's is launched without in any case.
_NO_SANDBOX = "--no-sandbox"
# Both need Node 22, which Debian 12 has not: on Linux from npm, elsewhere what is installed.
_NODE_VERSION = "22.23.3"
_ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}
# lighthouse/report/renderer/report-utils.js, 13.5.0: showAsPassed, and with which score.
_PASSING_MODES = {"manual", "notApplicable"}
_FAILING_MODES = {"error", "informative"}
_PASSING_SCORE = 0.9


def install(chromium: Path) -> list[Checker]:
    """
    Install the others; return them, set to use the browser *chromium*.

    Raises:
        NpmError: npm cannot be used.
    """
    # No script is run, so Puppeteer does not download a browser either.
    npm.install_into(FOLDER, {**LIGHTHOUSE, **PA11Y, **_node()})
    return [_lighthouse(), _pa11y(chromium)]


def environment(chromium: Path) -> dict[str, str]:
    """Return the environment that the commands are run in."""
    path = os.pathsep.join([str(_BIN), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "CHROME_PATH": str(chromium)}


def ours(engine_names: Sequence[str]) -> Checker:
    """Return this tool, with all rules, in the engines *engine_names*."""
    options = ("--engine", ",".join(engine_names), "--format", "json")

    def command(file: str) -> list[str]:
        return [sys.executable, "-P", "-m", "akunsub", "verify", *options, file]

    return Checker("akunsub", " ".join(options[:2]), command, read_ours, frozenset({0, 1}))


def read_ours(found: dict[str, Any]) -> set[str]:
    """Return the rules that failed or warned; not those where a person has to look."""
    results = [result for page in found["pages"] for result in page["results"]]
    return {result["rule"] for result in results if result["status"] in {"fail", "warn"}}


def read_lighthouse(found: dict[str, Any]) -> set[str]:
    """Return the audits that its report shows, and not under "passed"."""
    shown = {
        ref["id"]
        for category in found["categories"].values()
        for ref in category["auditRefs"]
        if ref.get("group") != "hidden"
    }
    return {name for name in shown if not _is_passed(found["audits"][name])}


def read_pa11y(found: list[dict[str, Any]]) -> set[str]:
    """Return the codes of its issues."""
    return {issue["code"] for issue in found}


def _is_passed(audit: dict[str, Any]) -> bool:
    mode = audit["scoreDisplayMode"]
    if mode in _PASSING_MODES:
        return True
    return mode not in _FAILING_MODES and (audit["score"] or 0) >= _PASSING_SCORE


def _node() -> dict[str, str]:
    architecture = _ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or not architecture:
        return {}
    return {f"node-linux-{architecture}": _NODE_VERSION}


def _lighthouse() -> Checker:
    # Without a display it needs "headless"; its question about error reports needs a person.
    options = ("--output=json", "--quiet", "--no-enable-error-reporting")
    flags = f"--chrome-flags=--headless=new {_NO_SANDBOX}"

    def command(url: str) -> list[str]:
        return [str(_BIN / "lighthouse"), url, *options, flags]

    return Checker(
        f"Lighthouse {LIGHTHOUSE['lighthouse']}",
        "headless; all categories, a phone, simulated throttling (defaults)",
        command,
        read_lighthouse,
        frozenset({0}),
    )


def _pa11y(chromium: Path) -> Checker:
    settings = {"chromeLaunchConfig": {"executablePath": str(chromium), "args": [_NO_SANDBOX]}}
    config = FOLDER / "pa11y.json"
    config.write_text(json.dumps(settings), encoding="utf-8")

    def command(url: str) -> list[str]:
        return [str(_BIN / "pa11y"), "--reporter", "json", "--config", str(config), url]

    return Checker(
        f"pa11y {PA11Y['pa11y']}",
        "WCAG2AA by HTML CodeSniffer, errors only (defaults)",
        command,
        read_pa11y,
        frozenset({0, 2}),
    )
