"""What this SDK promises, held against what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.laboratory.scenarios import BY_NAME
from benchmarks.peers import ours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Seconds after the press in which a page that stays open goes on trying (sdk/akunsub.d.ts).
BUDGET_S = 20


def find_faults(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """
    Return every promise that was not kept, in words; none when our row is not there.

    Args:
        rows: By the sender's key, with "title" and "cells" by scenario, as rows.py makes them.
    """
    mine = rows.get(ours.SENDER.key)
    if mine is None:
        return []
    found: list[str] = []
    for name, cell in mine["cells"].items():
        found += _own_faults(name, cell)
        found += _better(name, cell, rows)
    return found


def _own_faults(name: str, cell: Mapping[str, Any]) -> Iterator[str]:
    if cell["lost"]:
        yield f"{name}: {cell['lost']} of {cell['tries']} lost"
    if cell["duplicates"]:
        yield f"{name}: {cell['duplicates']} stored twice"
    if BY_NAME[name].is_at_once and cell["delivered"] < cell["tries"]:
        yield f"{name}: only {cell['delivered']} of {cell['tries']} without a revisit"
    if BY_NAME[name].is_at_once and (cell["longest_s"] or 0) > BUDGET_S:
        yield f"{name}: one took {cell['longest_s']} s, more than {BUDGET_S} s"
    if cell["broken"]:
        yield f"{name}: {cell['broken']} tries say nothing, the browser failed"


def _better(
    name: str, mine: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Better is: more at once; or as many, and more after a revisit. Shares, as tries differ."""
    for key, row in rows.items():
        cell = row["cells"].get(name)
        if key == ours.SENDER.key or not cell or not cell["tries"] or not mine["tries"]:
            continue
        if _rank(cell) > _rank(mine):
            yield f"{name}: {row['title']} delivered more"


def _rank(cell: Mapping[str, Any]) -> tuple[float, float]:
    tries = cell["tries"]
    return cell["delivered"] / tries, (tries - cell["lost"]) / tries
