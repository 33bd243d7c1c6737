"""What a test expects of a call, and how far a call is from it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@final
class AnyCategories:
    """Equal to everything."""

    def __repr__(self) -> str:
        return "ANY"


#: For *categories*: whatever was sent.
ANY: Final = AnyCategories()


@dataclass(frozen=True)
class Expected:
    """
    A call.

    Attributes:
        action: ``"confirm"`` or ``"cancel"``.
        smid: The send message ID.
        categories: Their API names in any order; ``None``: all, as when the page names none.
    """

    action: str
    smid: str
    categories: frozenset[str] | AnyCategories | None

    def __str__(self) -> str:
        return f"{self.action} of {_shown(self.categories)} for smid {self.smid!r}"

    def differences(self, call: Mapping[str, Any]) -> list[str]:
        """Return a line for everything in which *call* is another; none when it is this one."""
        found = [
            f"{name}: expected {getattr(self, name)!r}, got {call[name]!r}"
            for name in ("action", "smid")
            if call[name] != getattr(self, name)
        ]
        got = None if call["categories"] is None else frozenset(call["categories"])
        if not isinstance(self.categories, AnyCategories) and got != self.categories:
            found.append(f"categories: expected {_shown(self.categories)}, got {_shown(got)}")
        if call["verdict"] != "good":
            found.append(f"the endpoint refused it: {call['reason']}")
            if call["fix"]:
                found.append(f"fix: {call['fix']}")
        return found

    def nearest(self, calls: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """Return the call of *calls* that is least different, the latest of several."""

        def distance(call: Mapping[str, Any]) -> tuple[int, float, int]:
            smids = difflib.SequenceMatcher(None, self.smid, call["smid"] or "")
            return len(self.differences(call)), -smids.ratio(), -call["id"]

        return min(calls, key=distance, default=None)


def describe(call: Mapping[str, Any]) -> str:
    """Return *call* in one line."""
    categories = None if call["categories"] is None else frozenset(call["categories"])
    return (
        f"#{call['id']} {call['action']} of {_shown(categories)} for smid {call['smid']!r}: "
        f"{call['verdict']}, {call['reason']}"
    )


def describe_miss(expected: Expected, calls: Sequence[Mapping[str, Any]], timeout_s: float) -> str:
    """Return why *expected* is not among *calls*, the nearest of them first."""
    head = f"no {expected} within {timeout_s:g} s"
    nearest = expected.nearest(calls)
    if nearest is None:
        return f"{head}; the endpoint had no call at all"
    lines = [head, f"the nearest of {len(calls)}: {describe(nearest)}"]
    lines += [f"  {difference}" for difference in expected.differences(nearest)]
    lines += [f"also: {describe(call)}" for call in calls if call is not nearest]
    return "\n".join(lines)


def _shown(categories: frozenset[str] | AnyCategories | None) -> str:
    if categories is None:
        return "everything"
    if isinstance(categories, AnyCategories):
        return "any categories"
    return ", ".join(sorted(categories)) or "nothing"
