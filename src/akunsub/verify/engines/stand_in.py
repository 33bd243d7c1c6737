"""A program that Playwright can start in a browser's place: one of our relays, made executable."""

from __future__ import annotations

import shlex
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def stand_in(relay: str, executable: Path, *options: str) -> Iterator[Path]:
    """
    Give the path of a script that runs *relay* for *executable*; it is gone at the end.

    Written at each launch, as files in a wheel lose their executable bit.

    Args:
        relay: Module of this package, such as ``"firefox_relay"``.
        executable: Browser that the relay starts.
        options: For the relay, before the executable.
    """
    # -P: the folder we happen to be in must not provide modules.
    command = [sys.executable, "-P", "-m", f"{__package__}.{relay}", *options, str(executable)]
    with TemporaryDirectory(prefix="akunsub-") as folder:
        script = Path(folder) / executable.name
        script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        script.chmod(0o700)
        yield script
