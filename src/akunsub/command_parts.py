"""What several commands of the command line share: options, settings, starting and stopping."""

from __future__ import annotations

import os
import signal
import subprocess  # nosec B404  # lists of arguments, never a shell
import sys
import urllib.request
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from akunsub import assets

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.decorators import FC

    from akunsub.logs import Format
    from akunsub.pixel.server import Server
    from akunsub.platform.settings import Settings

DEFAULT_PORT = 8025
PAGE_PORT = 8026
_DEFAULT_CONFIG = Path("akunsub.toml")
STANDARD_INPUT = Path("-")


def port_option(name: str, default: int, what: str) -> Callable[[FC], FC]:
    """Return the option of a port; *what* begins its help."""
    return click.option(
        name,
        default=default,
        show_default=True,
        type=click.IntRange(0, 65535),
        help=f"{what}; 0 takes a free one.",
    )


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one line of JSON once it answers."
)

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Resources, categories and messages; - reads standard input. Default: akunsub.toml "
    "here, else the sample.",
)


def _refuse_password(ctx: click.Context, param: click.Parameter, value: str) -> str:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    source = ctx.get_parameter_source(param.name or "")
    if "://" not in value or source is not click.core.ParameterSource.COMMANDLINE:
        return value
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        return value  # the store says what is wrong with it
    if url.password or not {"password", "sslpassword"}.isdisjoint(url.query):
        raise click.UsageError(
            "a password on the command line can be read by everybody on this machine: put the URL "
            f"into the variable {DB_VARIABLE}, or the password into PGPASSWORD or ~/.pgpass"
        )
    return value


DB_VARIABLE = "AKUNSUB_DB"

database_option = click.option(
    "--db",
    default="akunsub.db",
    show_default=True,
    envvar=DB_VARIABLE,
    metavar="FILE|URL",
    callback=_refuse_password,
    help="Where to store: a SQLite file, or a database URL without a password in it. The variable "
    f"{DB_VARIABLE} may hold one with it.",
)


def token_option(name: str, what: str, variable: str) -> Callable[[FC], FC]:
    """Return the option of a file with a token; *what* it is for ends its help."""
    return click.option(
        name,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=f"With --production: holds {what}. Default: the variable {variable}.",
    )


def log_options(command: FC) -> FC:
    """Add the options of logs to *command*; ``set_up_logs`` takes their values."""
    for option in (
        click.option(
            "--log-key-file",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="Holds the key of the hashes that stand for smids in the log: the same in all "
            "processes whose lines are to be compared. Default: the variable AKUNSUB_LOG_KEY, else "
            "a key that is made at each start.",
        ),
        click.option(
            "--log-clear",
            is_flag=True,
            help="Log smids, request ids, paths, addresses and what errors say as they are.",
        ),
        click.option(
            "--log-format",
            type=click.Choice(["json", "text"]),
            help="json: a line for each request. text: only what is wrong. Default: json with "
            "--production, else text.",
        ),
    ):
        command = option(command)
    return command


def set_up_logs(
    log_format: Format | None, *, log_clear: bool, log_key_file: Path | None, production: bool
) -> str:
    """
    Let this process log as its options say; return whose the hashes' key is.

    Raises:
        SettingsError: The key cannot be used.
    """
    from akunsub import logs
    from akunsub.production import read_log_key

    key = read_log_key(log_key_file)
    log_format = log_format or ("json" if production else "text")
    if log_format == "json" or production:
        logs.set_up(log_format, clear=log_clear, key=key)
    return "configured" if key else "random"


def config_here(config: Path | None) -> Path | None:
    """Return the file that was named, else the one that is here, if it is."""
    return config or (_DEFAULT_CONFIG if _DEFAULT_CONFIG.exists() else None)


def load_config(config: Path | None) -> tuple[Settings, str | None]:
    """Return the settings, and what they were read from; ``None``: they are the sample's."""
    from akunsub.platform.settings_file import load_sample, load_settings, parse_settings

    config = config_here(config)
    if config is None:
        return load_sample(), None
    if config == STANDARD_INPUT:
        return parse_settings(sys.stdin.read(), source="standard input"), "standard input"
    return load_settings(config), str(config)


def build_if_needed() -> None:
    """In a checkout, build the SDK; without the tools to do so, what is in dist/ has to do."""
    root = assets.checkout()
    if root is None:
        return
    built = subprocess.run(  # nosec B603  # a list of arguments of ours
        [sys.executable, str(root / "build.py")], capture_output=True, text=True, check=False
    )
    if built.returncode:
        click.echo(
            f"dist/ is used as it is; it could not be built: {built.stderr.strip()}", err=True
        )


def wait_until_it_answers(server: Server) -> None:
    """Wait until the endpoint on *server* answers."""
    with urllib.request.urlopen(f"{server.url}/_unsub/health", timeout=30) as answer:  # noqa: S310  # nosec B310  # http or https only
        answer.read()


def has_screen() -> bool:
    """Is there a screen to open a browser on?"""
    # Without one, webbrowser may start a text browser in this very terminal.
    return sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


class Asked:
    """Somebody's wish that we stop. A signal may come at any point, while one is handled too."""

    def __init__(self) -> None:
        # An Event's lock is not reentrant: set() could wait for the code that it interrupts.
        self._signals: SimpleQueue[int] = SimpleQueue()

    def handle(self, number: int, _frame: object) -> None:
        """Take a signal."""
        self._signals.put(number)

    def wait(self) -> None:
        """Wait until one came."""
        self._signals.get()


def stop_on_signal() -> Asked:
    """Return what tells that somebody asks us to stop; from now on no signal is missed."""
    asked = Asked()
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, asked.handle)
    return asked
