"""Each call of the endpoint as one line, as it comes."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from akunsub.platform import ledger
from akunsub.printable import in_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from akunsub.platform.store import Store

_POLL_S = 0.1


class Telling:
    """
    Tells of calls while the context lasts, in a thread of its own.

    Args:
        store: The endpoint's.
        tell: Is given each call that changes something, or is bad.
    """

    def __init__(self, store: Store, tell: Callable[[Mapping[str, Any]], None]) -> None:
        self._store = store
        self._tell = tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="akunsub-calls", daemon=True)

    def _run(self) -> None:
        last = 0
        while not self._stop.wait(_POLL_S):
            with self._store.read() as connection:
                if ledger.latest_id(connection) < last:  # after a reset
                    last = 0
                calls = ledger.list_calls(connection, since=last)
            for call in calls:
                if call["verdict"] != "good" or call["action"] != "state":  # pages ask often
                    self._tell(call)
                last = call["id"]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=5)


def as_line(call: Mapping[str, Any]) -> str:
    """Return *call* in one line, with the time of day here."""
    at = datetime.fromisoformat(call["at"]).astimezone()
    whom = call["smid"] or "nobody"
    what = "" if call["categories"] is None else f" of {', '.join(call['categories']) or 'nothing'}"
    line = f"{at:%H:%M:%S}  {call['verdict']:4}  {call['action']}{what} for {whom}"
    told = [*call["warnings"]]
    if call["verdict"] != "good":
        told = [call["reason"], *filter(None, [call["fix"]]), *told]
    # Anybody can send anything: neither a terminal's commands nor lines of their own.
    return in_one_line(": ".join(filter(None, [line, "; ".join(told)])))
