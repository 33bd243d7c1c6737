"""People who leave, as the SDK would for them: again and again with one request_id, until told."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field

import httpx

from tests.conftest import SCRIPT_ID

_PAUSE_S = 0.2
_TIMEOUT_S = 5


@dataclass
class People:
    """
    All of them, one after the other in each of some threads.

    Attributes:
        urls: Of the endpoints, asked in turns.
        wishes: smid, and categories or None, of each person.
        told: Whose answer had error 0, by their place in *wishes*.
        refused: Who got another answer than 5xx or 429 with it: there must be none.
    """

    urls: list[str]
    wishes: list[tuple[str, list[str] | None]]
    pace_s: float
    told: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, threads: int) -> list[threading.Thread]:
        """Begin; they stop when ``stopped`` is set, in the middle of whatever they do."""
        running = [threading.Thread(target=self._come) for _ in range(threads)]
        for one in running:
            one.start()
        return running

    def _come(self) -> None:
        with httpx.Client(timeout=_TIMEOUT_S, trust_env=False) as http:
            while not self.stopped.is_set():
                with self._lock:
                    number = self._next
                    self._next += 1
                if number >= len(self.wishes):
                    return
                self._leave(http, number)
                self.stopped.wait(self.pace_s)

    def _leave(self, http: httpx.Client, number: int) -> None:
        smid, categories = self.wishes[number]
        fields = {"smid": smid, "id": SCRIPT_ID, "request_id": str(uuid.uuid4())}
        if categories is not None:
            fields["categories"] = categories
        self.begun.add(number)
        tries = number
        while not self.stopped.is_set():
            tries += 1
            try:
                answer = http.post(
                    f"{self.urls[tries % len(self.urls)]}/unsub/confirm", data=fields
                )
            except httpx.HTTPError:
                time.sleep(_PAUSE_S)
                continue
            if answer.status_code == 200 and answer.json()["error"] == 0:
                self.told.add(number)
                return
            if answer.status_code < 500:
                self.refused.append(answer.text)
                return
            time.sleep(_PAUSE_S)
