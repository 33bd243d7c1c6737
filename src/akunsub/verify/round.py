"""The rules of one page in one engine, of which every browser that is free takes the next."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from akunsub.verify.model import Result, Rule

# What most rules read comes first: the first press. Beside it, what needs nothing of it.
_FIRST = ("confirm-arrives", "axe", "cancel-works")


class Round:
    """
    Rules that are tried, in whatever order, each once. Threads share it.

    Args:
        rules: All of them.
        on_result: Called with each result as it comes, one at a time.
    """

    def __init__(self, rules: Sequence[Rule], on_result: Callable[[Result], None]) -> None:
        self._lock = threading.Lock()
        self._rules = rules
        self._waiting = deque(sorted(rules, key=_turn))
        self._on_result = on_result
        self._results: dict[str, Result] = {}
        self._doing: dict[int, str] = {}
        self._losses: list[str] = []
        self._reason = ""
        self._has_ended = False

    def take(self) -> Rule | None:
        """Return what this thread tries next; ``None``: there is nothing left to try."""
        with self._lock:
            if not self._has_ended:
                self._doing.pop(threading.get_ident(), None)
            if not self._waiting:
                return None
            rule = self._waiting.popleft()
            self._doing[threading.get_ident()] = f"{rule.id} was tried"
            return rule

    def add(self, result: Result, *, is_lost: bool) -> None:
        """Keep *result*, unless the round has ended; *is_lost*: the page did not stay for it."""
        with self._lock:
            if self._has_ended:
                return
            self._results[result.rule.id] = result
            self._losses += [result.reason] if is_lost else []
            self._on_result(result)

    def end(self, reason: str = "") -> None:
        """Let nobody take a rule any more, nor say anything of the page; the first reason stays."""
        with self._lock:
            self._waiting.clear()
            self._reason = self._reason or reason
            self._has_ended = True

    def doing(self) -> str:
        """Return what is being tried, or was when the round ended: what was begun first."""
        with self._lock:
            return next(iter(self._doing.values()), "it was opened for the first time")

    def results(self) -> list[Result]:
        """Return what was found so far, by rule."""
        with self._lock:
            return [self._results[rule.id] for rule in self._rules if rule.id in self._results]

    def why_unfinished(self) -> str:
        """Return why not every rule was tried, or none could be; empty: all is well."""
        with self._lock:
            if self._losses and len(self._losses) == len(self._rules):
                return self._losses[0]
            return self._reason


def _turn(rule: Rule) -> int:
    return _FIRST.index(rule.id) if rule.id in _FIRST else len(_FIRST)
