"""How long is fuzzed: the same number of examples each time, or for so many minutes on demand."""

from __future__ import annotations

import os
import time

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis.stateful import run_state_machine_as_test

#: Of the whole folder. None: a short run, the same each time.
MINUTES = float(os.environ.get("AKUNSUB_FUZZ_MINUTES", "0")) or None
_COMMON = {
    # How long a request takes is measured at the socket, where it means something: asking.py.
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    # For who reads a failure: the example, and @reproduce_failure to paste.
    "print_blob": True,
    "phases": (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
}


class Budget:
    """
    Runs checks.

    Args:
        share: How many tests share the minutes.
        part: Of the examples.
    """

    def __init__(self, share, part):
        self._part = part
        self._seconds = None if MINUTES is None else MINUTES * 60 / share

    def run(self, check, examples, *also, **strategies):
        """
        Run *check* with what *strategies* make of its arguments.

        Args:
            check: Raises when something is wrong.
            examples: How many there are without a time.
            also: Arguments that are tried first: what was once found.
            strategies: By name of the argument.
        """

        def run_with(profile):
            test = given(**strategies)(check)
            for one in reversed(also):
                test = example(**one)(test)
            profile(test)()

        self._repeat(run_with, max_examples=examples)

    def run_machine(self, machine, examples, *, steps):
        """Run a state machine: *examples* of so many *steps*."""
        self._repeat(
            lambda profile: run_state_machine_as_test(machine, settings=profile),
            max_examples=examples,
            stateful_step_count=steps,
        )

    def more(self, count):
        """Return *count*, or more when there is more time: of what hypothesis does not count."""
        return count if MINUTES is None else int(count * max(1, MINUTES))

    def _repeat(self, run_with, **options):
        if self._seconds is None:
            options["max_examples"] = max(1, int(self._part * options["max_examples"]))
            run_with(settings(derandomize=True, database=None, **options, **_COMMON))
            return
        end = time.monotonic() + self._seconds
        while time.monotonic() < end:
            run_with(settings(**options, **_COMMON))
