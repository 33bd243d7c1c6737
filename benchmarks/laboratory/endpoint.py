"""The real endpoint, and what it stored: the server of this SDK."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform.settings import Message
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PAGE = 1000
_READ_EVERY_S = 0.3


class Endpoint:
    """
    A running endpoint with people to unsubscribe, for as long as it is entered.

    Args:
        marks: The smids of their messages, one each.
    """

    def __init__(self, marks: Iterable[str]) -> None:
        self._marks = marks
        self._resources = ExitStack()
        self._stored: dict[str, list[float]] = defaultdict(list)
        self._received: Counter[str] = Counter()
        self._last_id = 0
        self._read_at = 0.0

    def arrivals(self, mark: str) -> Sequence[float]:
        """
        Return when a call of *mark* was stored as one that counts, each time.

        A repeated ``request_id`` is answered, but stored as a duplicate: it has no second effect.
        """
        self._look()
        return tuple(self._stored.get(mark, ()))

    def received(self, mark: str) -> int:
        """Return how many calls of *mark* came, those of no second effect included."""
        self._look()
        return self._received[mark]

    def _look(self) -> None:
        # Many tries ask at the same time: the endpoint is not to be kept busy by it.
        if time.monotonic() - self._read_at > _READ_EVERY_S:
            while len(calls := self._read()) == _PAGE:
                self._keep(calls)
            self._keep(calls)
            self._read_at = time.monotonic()

    def __enter__(self) -> Self:
        folder = self._resources.enter_context(tempfile.TemporaryDirectory(prefix="akunsub-lab-"))
        sample = load_sample()
        messages = [*sample.messages, *map(_message, self._marks)]
        settings = sample.model_copy(update={"messages": messages})
        store = Store(str(Path(folder, "lab.db")), settings, pool_size=THREADS)
        self._resources.callback(store.close)
        server = self._resources.enter_context(Server(create_app(store)))
        self.url = server.url
        self._http = self._resources.enter_context(httpx.Client(timeout=30, trust_env=False))
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def _read(self) -> list[dict[str, object]]:
        query = {"since": self._last_id, "limit": _PAGE}
        answer = self._http.get(f"{self.url}/_unsub/calls", params=query)
        calls: list[dict[str, object]] = answer.raise_for_status().json()["calls"]
        return calls

    def _keep(self, calls: list[dict[str, object]]) -> None:
        for call in calls:
            self._last_id = int(str(call["id"]))
            if call["action"] != "confirm":
                continue
            self._received[str(call["smid"])] += 1
            if call["verdict"] == "good" and call["rule"] != "duplicate":
                at = datetime.fromisoformat(str(call["at"])).timestamp()
                self._stored[str(call["smid"])].append(at)


def _message(mark: str) -> Message:
    return Message(
        smid=mark,
        account_id=1,
        resource_id=73,
        channel="email",
        address=f"{mark}@example.com",
        profile_id=mark,
    )
