"""One entry for what is the same in several engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from akunsub.verify.model import Finding, Result, Rule, Status


@dataclass(frozen=True)
class Merged:
    """The results of one rule that are the same but for the engine."""

    rule: Rule
    status: Status
    findings: tuple[Finding, ...]
    reason: str
    engines: tuple[str, ...]


def merge(results: Iterable[Result]) -> list[Merged]:
    """Return *results*, by rule in its order, those that are the same in one."""
    found: dict[tuple[object, ...], list[Result]] = {}
    order: dict[str, int] = {}
    for result in results:
        order.setdefault(result.rule.id, len(order))
        key = (result.rule.id, result.status, result.findings, result.reason)
        found.setdefault(key, []).append(result)
    merged = [
        Merged(
            same[0].rule,
            same[0].status,
            same[0].findings,
            same[0].reason,
            tuple(result.engine for result in same),
        )
        for same in found.values()
    ]
    return sorted(merged, key=lambda one: order[one.rule.id])
