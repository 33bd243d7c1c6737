"""Runs somebody's command beside an endpoint of its own: ``akunsub run -- pytest``."""

from __future__ import annotations

import os
import signal
import subprocess  # nosec B404  # lists of arguments, never a shell
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from akunsub.errors import AkUnsubError
from akunsub.verify.calls import read_calls
from akunsub.verify.serving import starting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Where the command finds the endpoint's origin.
VARIABLE = "AKUNSUB_PXL_DOMAIN"


class CommandError(AkUnsubError):
    """The command cannot be started."""


@dataclass(frozen=True)
class Finished:
    """
    A command that has ended.

    Attributes:
        status: As a shell tells it: 128 and the signal's number, if one ended it.
        calls: Every call of the endpoint's, in their order.
    """

    status: int
    calls: list[dict[str, Any]]


def run_beside_endpoint(
    command: Sequence[str], config: Path | None, *, settings: str | None = None
) -> Finished:
    """
    Run *command* to its end, with an endpoint whose origin is in ``AKUNSUB_PXL_DOMAIN``.

    Args:
        command: The program and its arguments.
        config: An ``akunsub.toml``; ``None``: the built-in sample.
        settings: The text of one, in its place.

    Raises:
        CommandError: There is no such program, or it cannot be run.
        ServerError: The endpoint does not start.
    """
    with starting(config=config if settings is None else "-") as start:
        served = start.finish(settings or "")
        status = _run(command, {**os.environ, VARIABLE: served.url})
        with httpx.Client(base_url=served.url, trust_env=False) as http:
            calls = read_calls(lambda path: http.get(path).raise_for_status().json())
    return Finished(status, calls)


def _run(command: Sequence[str], env: dict[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=env)  # nosec B603  # what the caller asked to run
    except OSError as error:
        raise CommandError(f"{command[0]}: cannot be run: {error.strerror}") from error
    # Ctrl-C in a terminal goes to the command as well: it ends as it wants to, and we tell how.
    # What asks this process to stop asks the command.
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
    }
    try:
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 128 - status if status < 0 else status
