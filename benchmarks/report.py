"""What every benchmark has in common: statistics, a table to read, and results to keep."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

RESULTS = Path(__file__).parent / "results"


def say(text: str) -> None:
    """Print *text* at once, so that somebody who waits sees how far it is."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(rows: Sequence[Sequence[object]], *, head: int = 1) -> str:
    """
    Return *rows* under each other, the first *head* columns to the left, all others to the right.

    Numbers get separators for thousands; None is shown as a point.
    """
    texts = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]

    def line(row: Sequence[str]) -> str:
        cells = [
            cell.ljust(width) if index < head else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    return "\n".join(line(row) for row in texts)


def _shown(cell: object) -> str:
    if cell is None:
        return "."
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def quartiles(values: Iterable[float]) -> tuple[float, float, float]:
    """Return what a quarter, half and three quarters of *values* are below of, interpolated."""
    known = sorted(values)
    if len(known) < 2:
        return (known[0],) * 3
    low, middle, high = statistics.quantiles(known, n=4, method="inclusive")
    return low, middle, high


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of Python and of the installed *packages*."""
    return {name: version(name) for name in packages} | {"python": platform.python_version()}


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        # What else ran: with more than the cores, times are upper bounds.
        "load": [round(load, 1) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # another system than Linux
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def write(name: str, facts: Mapping[str, object]) -> Path:
    """Write *facts* and the machine as JSON; return where."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    text = json.dumps({**facts, "machine": machine()}, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    return path
