"""Runs many tries side by side in one thread, as Playwright wants it."""

from __future__ import annotations

import heapq
import itertools
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def run_side_by_side(works: Iterable[Iterator[float]], *, at_most: int) -> None:
    """
    Run all *works* to their end, *at_most* begun and not ended.

    Args:
        works: Each does something, then yields for how many seconds it has nothing to do.
        at_most: Works under way.
    """
    waiting: list[tuple[float, int, Iterator[float]]] = []
    numbers = itertools.count()
    to_begin = iter(works)
    is_more = True
    while is_more or waiting:
        is_due = bool(waiting) and waiting[0][0] <= time.monotonic()
        if not is_due and is_more and len(waiting) < at_most:
            work = next(to_begin, None)
            is_more = work is not None
            if work is None:
                continue
        else:
            at, _, work = heapq.heappop(waiting)
            time.sleep(max(0.0, at - time.monotonic()))
        pause_s = next(work, None)
        if pause_s is not None:
            heapq.heappush(waiting, (time.monotonic() + pause_s, next(numbers), work))
