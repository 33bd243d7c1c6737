"""
Starts helper processes in groups of their own and ends the whole group.

A browser's children, and the Node behind ``python -m playwright``, outlive a plain ``kill`` of
the process we started, and keep its pipes open.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess  # nosec B404  # lists of arguments, never a shell
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from psutil import Process

_GRACE_S = 5.0


@dataclass(frozen=True)
class Outcome:
    """
    How a process went.

    Attributes:
        status: Its exit status; ``None``: it was ended for taking too long.
        said: What it wrote, or that it took too long.
        complained: What it wrote to stderr, if that was asked for apart.
    """

    status: int | None
    said: str
    complained: str = ""

    @property
    def ok(self) -> bool:
        return self.status == 0


def run(
    command: Sequence[str],
    *,
    timeout_s: float | None = None,
    env: Mapping[str, str] | None = None,
    apart: bool = False,
) -> Outcome:
    """
    Run *command* to its end; past *timeout_s* its group is ended and the outcome is bad.

    Args:
        command: The program and its arguments.
        timeout_s: ``None``: as long as it takes.
        env: Instead of this process's environment.
        apart: Keep stderr from stdout.
    """
    process = subprocess.Popen(  # nosec B603  # a list of arguments of ours
        command,
        env=env,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if apart else subprocess.STDOUT,
        start_new_session=True,
    )
    with process:
        try:
            said, complained = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            end_group(process)
            return Outcome(None, f"stopped after {timeout_s:.0f} s")
        except BaseException:  # Ctrl-C must not leave a download running
            end_group(process)
            raise
    return Outcome(process.returncode, said, complained or "")


def end_group(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End *process* (started with ``start_new_session``) and everything it started."""
    _signal_group(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):  # SIGKILL follows in any case
        process.wait(_GRACE_S)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the same at once; ``end_group`` is still to be called."""
    _signal_group(process.pid, signal.SIGKILL)


def descendants() -> set[Process]:
    """Return the processes that this one has started, and those that they have."""
    import psutil

    return set(psutil.Process().children(recursive=True))


def kill_trees(roots: Iterable[Process]) -> None:
    """Kill *roots* and everything that they started."""
    import psutil

    for root in roots:
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in (root, *root.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
