"""What goes wrong, by a seed: the same seed does the same, as far as a machine lets it."""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.programs import Postgresql, Program
    from tests.faults.client import Lane

_ON_THE_WAY = [
    {"kind": "down", "for_s": 1.5},
    {"kind": "status", "status": 503, "times": 5},
    {"kind": "status", "status": 500, "times": 3},
    {"kind": "drop_before", "times": 5},
    {"kind": "drop_after", "times": 5},
    {"kind": "cut", "times": 5},
    {"kind": "hang", "times": 4, "wait_s": 3},
    {"kind": "captive_portal", "times": 3},
]


@dataclass
class Trouble:
    """
    Kills, stops, freezes and starts again, until the time is over.

    Attributes:
        done: How often each kind of it was done.
    """

    seed: int
    programs: list[Program]
    postgresql: Postgresql | None
    lane: Lane
    done: dict[str, int] = field(default_factory=dict)

    def make(self, seconds: float) -> None:
        """Make trouble for *seconds*, then let everything run again."""
        chance = random.Random(self.seed)  # noqa: S311 (no secret)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(chance.uniform(0.2, 1.5))
            self._make_one(chance)
            for program in self.programs:
                if not program.is_running() and chance.random() < 0.7:
                    program.start()
        self.lane.arm(kind="pass")
        for program in self.programs:
            program.send(signal.SIGCONT)
            if not program.is_running():
                program.start()

    def _make_one(self, chance: random.Random) -> None:
        kinds = ["kill", "kill", "kill", "stop", "freeze", "way", "way"]
        kind = chance.choice([*kinds, "database"] if self.postgresql else kinds)
        program = chance.choice(self.programs)
        self.done[kind] = self.done.get(kind, 0) + 1
        if kind == "database":
            self.postgresql.crash()
            time.sleep(chance.uniform(0, 1))
            self.postgresql.start()
        elif kind == "way":
            self.lane.arm(**chance.choice(_ON_THE_WAY))
        elif kind == "freeze":
            program.send(signal.SIGSTOP)
            time.sleep(chance.uniform(0.2, 2))
            program.send(signal.SIGCONT)
        else:
            program.send(signal.SIGKILL if kind == "kill" else signal.SIGTERM)
