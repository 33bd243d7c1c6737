"""A command that says what is wrong with a page: running it, and what it says of no other page."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from akunsub.verify.engines.processes import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_TIMEOUT_S = 600


@dataclass(frozen=True)
class Checker:
    """
    One command that checks one page.

    Attributes:
        name: With its version.
        settings: What was set, and the defaults that matter.
        command: Of a page's URL, this tool's of a file: what to run. It prints JSON.
        reported: Of that JSON: the short names of what it says is wrong.
        statuses: Exit statuses of a check that was made, whatever it found.
    """

    name: str
    settings: str
    command: Callable[[str], list[str]]
    reported: Callable[[Any], set[str]]
    statuses: frozenset[int]


@dataclass(frozen=True)
class Look:
    """One check of one page; *reported* is None, and *said* why, where it was not made."""

    seconds: float
    reported: frozenset[str] | None
    said: str = ""


def look(checker: Checker, target: str, env: Mapping[str, str]) -> Look:
    """Run *checker* on *target*, to its end."""
    began = time.monotonic()
    went = run(checker.command(target), timeout_s=_TIMEOUT_S, env=env, apart=True)
    seconds = time.monotonic() - began
    try:
        if went.status in checker.statuses:
            return Look(seconds, frozenset(checker.reported(json.loads(went.said))))
    except ValueError:  # a crash may have the status of "something was found"
        pass
    return Look(seconds, None, (went.complained.strip() or went.said.strip())[-2000:])


def all_reports(looks: Sequence[Look]) -> set[str] | None:
    """Return what was reported in any of *looks*; None: one of them was not made."""
    found = [one.reported for one in looks if one.reported is not None]
    return None if len(found) < len(looks) else set().union(*found)


def new_reports(looks: Sequence[Look], good: Sequence[Look]) -> set[str] | None:
    """
    Return what was reported in each of *looks* and in none of the *good* page's.

    None: one of them was not made, so there is nothing to compare.
    """
    known = all_reports(good)
    found = [one.reported for one in looks if one.reported is not None]
    if known is None or len(found) < len(looks):
        return None
    return set(found[0].intersection(*found[1:])) - known
