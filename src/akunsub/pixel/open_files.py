"""How many connections a process can keep open: clients that say nothing must not use them up."""

from __future__ import annotations

import sys

# Where the system has no such limit, or hardly any.
_DEFAULT, _LEAST, _MOST = 1000, 50, 100_000
# What is open beside clients: the database's connections, files.
_OTHERS = 200


def raise_open_files() -> None:
    """Let this process have as many open files as the system lets it ask for."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):  # macOS says "unlimited" and has a limit all the same
            return


def max_connections() -> int:
    """Return how many clients a server of this process may keep."""
    if sys.platform == "win32":
        return _DEFAULT
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if soft == resource.RLIM_INFINITY else min(_MOST, max(_LEAST, soft - _OTHERS))
