"""The command line that tries one rule again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from akunsub.verify.model import PageReport, Rule


def repeat_command(report: PageReport, rule: Rule, engines: Iterable[str]) -> str:
    """Return what to type into a shell to try *rule* on the page again, in *engines*."""
    words = ["akunsub", "verify", report.target, *report.arguments]
    return shlex.join([*words, "--engine", ",".join(engines), "--rule", rule.id])
