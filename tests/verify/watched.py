"""
Runs a command and tells which processes it leaves behind.

``python watched.py FILE COMMAND...``: FILE is a JSON list of names then. Linux only: elsewhere a
process whose parent has ended does not become ours, and is not seen.
"""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil

# What was told to end may need a moment: crash handlers that see their browser go.
_GRACE_S = 5
_PR_SET_CHILD_SUBREAPER = 36


def main(report: str, command: list[str]) -> int:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    # Not ignored, which the command would inherit: a signal for the whole group is for it alone.
    signal.signal(signal.SIGINT, lambda *_: None)
    done = subprocess.run(command, check=False)
    _, left = psutil.wait_procs(psutil.Process().children(recursive=True), timeout=_GRACE_S)
    Path(report).write_text(json.dumps([one.name() for one in left]), encoding="utf-8")
    # A signal as shells tell of it.
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
