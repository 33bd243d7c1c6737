"""
Looks up the pinned versions in the advisory service: ``make check``.

pip-audit alone says "No known vulnerabilities found" where nothing could be looked up. This tells
how many were, and fails on a vulnerability that is not accepted in ``pyproject.toml``, each with
its reason: ``[tool.akunsub.audit] accepted = { "PYSEC-2026-1" = "why it does not concern us" }``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PINNED = "constraints.txt"
_COMMAND = [
    *(sys.executable, "-m", "pip_audit", "-r", PINNED, "--no-deps", "--disable-pip"),
    *("--format", "json", "--aliases", "on", "--desc", "off", "--progress-spinner", "off"),
]


@dataclass
class Verdict:
    """What the audit came to: lines for people, and whether it fails."""

    lines: list[str] = field(default_factory=list)
    has_failed: bool = False

    def fail(self, line: str) -> None:
        """Add a line that is a failure."""
        self.lines.append(line)
        self.has_failed = True


def judge(report: dict[str, Any], accepted: dict[str, str]) -> Verdict:
    """
    Return what a report of pip-audit comes to.

    Args:
        report: Its JSON.
        accepted: Why a vulnerability does not concern us, by one of its ids.
    """
    verdict = Verdict()
    for name, reason in accepted.items():
        if not reason.strip():
            verdict.fail(f"{name} is accepted without a reason: write why, in pyproject.toml")
    packages = report["dependencies"]
    looked_up = [one for one in packages if "skip_reason" not in one]
    met = set()
    for package in looked_up:
        for one in package["vulns"]:
            ids = [one["id"], *one.get("aliases", [])]
            name = f"{package['name']} {package['version']}: {', '.join(ids)}"
            accepted_as = next((one for one in ids if accepted.get(one, "").strip()), None)
            if accepted_as is not None:
                met.add(accepted_as)
                verdict.lines.append(f"accepted: {name}: {accepted[accepted_as]}")
                continue
            fixed = ", ".join(one["fix_versions"]) or "no version yet"
            verdict.fail(f"VULNERABLE: {name}; fixed in: {fixed}")
    is_whole = len(looked_up) == len(packages)
    if is_whole:
        verdict.lines += [
            f"{name} is accepted and no longer found: remove it from pyproject.toml"
            for name in accepted
            if name not in met
        ]
    verdict.lines.append(_count(looked_up, packages))
    if not packages:
        verdict.fail(f"nothing is pinned in {PINNED}")
    return verdict


def _count(looked_up: list[dict[str, Any]], packages: list[dict[str, Any]]) -> str:
    told = f"{len(looked_up)} of {len(packages)} packages could be looked up"
    if not looked_up:
        return f"{told} here: no advisory service reachable, so this says nothing about them"
    missing = [one["name"] for one in packages if one not in looked_up]
    return f"{told}; not: {', '.join(missing)}" if missing else told


def read_answer(status: int, output: str, complaint: str) -> dict[str, Any]:
    """
    Return the report that pip-audit wrote; where no service answers, one of nothing looked up.

    Args:
        status: Of its process: 0, or 1 for a vulnerability and for any failure.
        output: What it wrote.
        complaint: What it said beside that.

    Raises:
        ValueError: It failed in another way.
    """
    try:
        report: dict[str, Any] = json.loads(output)
    except ValueError:
        if not _is_unreachable(complaint):
            last = complaint.strip().splitlines()[-1:] or ["nothing"]
            raise ValueError(f"pip-audit ended with {status} and said: {last[0]}") from None
        names = [line.partition("==")[0] for line in _pinned()]
        return {"dependencies": [{"name": one, "skip_reason": "unreachable"} for one in names]}
    return report


def _is_unreachable(complaint: str) -> bool:
    # Of requests, by way of a traceback; and pip-audit's own words for a timeout.
    words = ("ConnectionError", "ProxyError", "ConnectTimeout", "Could not connect to")
    return any(word in complaint for word in words)


def _pinned() -> list[str]:
    lines = (ROOT / PINNED).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if "==" in line]


def main() -> int:
    """Audit; return the exit status."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    accepted = project["tool"]["akunsub"].get("audit", {}).get("accepted", {})
    done = subprocess.run(_COMMAND, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        report = read_answer(done.returncode, done.stdout, done.stderr)
    except ValueError as error:
        sys.stderr.write(f"audit: {error}\n")
        return 1
    verdict = judge(report, accepted)
    sys.stdout.write("".join(f"audit: {line}\n" for line in verdict.lines))
    return 1 if verdict.has_failed else 0


if __name__ == "__main__":
    sys.exit(main())
