"""What is tried once, whatever came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
S = TypeVar("S")


class once(Generic[S, T]):  # noqa: N801  it is used as functools.cached_property is
    """
    A property that is worked out once.

    ``functools.cached_property`` would try again what ended with an exception, for each rule that
    asks.
    """

    def __init__(self, work_out: Callable[[S], T]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __get__(self, instance: S, _: object = None) -> T:
        outcomes: dict[str, tuple[T] | Exception] = instance.__dict__.setdefault("_outcomes", {})
        name = self._work_out.__name__
        if name not in outcomes:
            try:
                outcomes[name] = (self._work_out(instance),)
            except Exception as error:  # noqa: BLE001  it is raised below, each time
                outcomes[name] = error
        found = outcomes[name]
        if isinstance(found, Exception):
            raise found
        return found[0]
