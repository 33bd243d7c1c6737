"""What is tried once, whatever came of it and whoever asks."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
S = TypeVar("S", bound="HasOutcomes")


class Outcomes:
    """By name, what was tried. Threads share it: who asks later waits for who asked first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, Future[Any]] = {}

    def of(self, name: str, work_out: Callable[[], T]) -> T:
        """Return what *work_out* returned, or raise what it raised, when *name* was first asked."""
        with self._lock:
            is_first = name not in self._found
            found: Future[T] = self._found.setdefault(name, Future())
        if is_first:
            try:
                found.set_result(work_out())
            except BaseException as error:  # noqa: BLE001  it is raised below, each time
                found.set_exception(error)
        return found.result()


class HasOutcomes(Protocol):
    """
    What can have properties of this kind.

    Attributes:
        outcomes: Theirs.
    """

    @property
    def outcomes(self) -> Outcomes: ...


class once(Generic[S, T]):  # noqa: N801  it is used as functools.cached_property is
    """
    A property that is worked out once for all that share their outcomes.

    ``functools.cached_property`` would try again what ended with an exception, for each rule that
    asks.
    """

    def __init__(self, work_out: Callable[[S], T]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __get__(self, instance: S, _: object = None) -> T:
        return instance.outcomes.of(self._work_out.__name__, lambda: self._work_out(instance))
