"""Engines started by way of another command, which gives them other surroundings."""

from __future__ import annotations

import os
import shlex
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from akunsub.verify import engines
from akunsub.verify.engines.finding import override_variable


@contextmanager
def launched(playwright, found, command, **options):
    """
    Launch the engine *found* as ``sh`` runs *command* with it: ``exec env -u X "$@"``.

    Args:
        command: Shell, in which ``"$@"`` is the engine with its arguments.
    """
    with TemporaryDirectory(prefix="akunsub-") as folder:
        program = Path(folder) / found.executable.name
        engine = shlex.quote(str(found.executable))
        program.write_text(f'#!/bin/sh\nset -e\nset -- {engine} "$@"\n{command}\n')
        program.chmod(0o700)
        with mock.patch.dict(os.environ, {override_variable(found.name): str(program)}):
            engine = engines.launch(playwright, found.name, **options)
        with engine:
            yield engine
