"""``python -m tests.chaos --seeds 20 --seconds 60``: many runs, on both databases."""

from __future__ import annotations

import argparse
import json
import sys

from tests.chaos.run import run
from tests.databases import KINDS, running_postgresql


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1, help="The first seed.")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", choices=KINDS, action="append")
    options = parser.parse_args()
    is_clean = True
    for kind in options.database or KINDS:
        for seed in range(options.first, options.first + options.seeds):
            if kind == "postgresql":
                with running_postgresql() as databases:
                    found, facts = run(seed, options.seconds, databases)
            else:
                found, facts = run(seed, options.seconds)
            is_good = found.is_clean and not facts["refused"] and not facts["dead"]
            is_clean = is_clean and is_good
            line = {"database": kind, "clean": is_good} | facts
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    return 0 if is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
