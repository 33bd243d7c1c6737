"""The X display that a windowed browser is shown on; no person looks at it."""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404  # lists of arguments, never a shell

from akunsub.verify.engines.processes import end_group


class Display:
    """
    An Xvfb of our own, until ``close``; the display of ``DISPLAY`` where Xvfb is not installed.

    The own one is preferred: presses move the pointer, and on a person's desktop that is theirs.

    Attributes:
        name: As in ``DISPLAY``.
    """

    def __init__(self) -> None:
        self._xvfb: subprocess.Popen[bytes] | None = None
        if shutil.which("Xvfb"):
            self._xvfb, self.name = _start_xvfb()
        else:
            self.name = os.environ["DISPLAY"]

    def is_there(self) -> bool:
        return self._xvfb is None or self._xvfb.poll() is None

    def close(self) -> None:
        if self._xvfb:
            end_group(self._xvfb)  # SIGTERM: Xvfb removes its lock and socket from /tmp


def _start_xvfb() -> tuple[subprocess.Popen[bytes], str]:
    # Xvfb picks a free number and writes it to the descriptor when it is ready.
    read_fd, write_fd = os.pipe()
    screen = ("-screen", "0", "1280x1024x24", "-nolisten", "tcp")
    with os.fdopen(read_fd) as number:
        try:
            xvfb = subprocess.Popen(  # nosec B603, B607  # on the PATH on purpose
                ["Xvfb", "-displayfd", str(write_fd), *screen],
                pass_fds=[write_fd],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            os.close(write_fd)
        name = f":{number.readline().strip()}"
    if name == ":":
        end_group(xvfb)
        raise OSError(f"Xvfb does not start, exit status {xvfb.returncode}")
    return xvfb, name
