"""The command line. The only module that prints."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import urllib.request
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from akunsub import assets
from akunsub.errors import AkUnsubError, ServerError
from akunsub.verify.command import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.decorators import FC

    from akunsub.pixel.server import Server
    from akunsub.platform.settings import Settings

DEFAULT_PORT = 8025
DEMO_PAGE_PORT = 8026
_DEFAULT_CONFIG = Path("akunsub.toml")


def _port_option(name: str, default: int, what: str) -> Callable[[FC], FC]:
    return click.option(
        name,
        default=default,
        show_default=True,
        type=click.IntRange(0, 65535),
        help=f"{what}; 0 takes a free one.",
    )


def _token_option(name: str, what: str, variable: str) -> Callable[[FC], FC]:
    return click.option(
        name,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=f"With --production: holds {what}. Default: the variable {variable}.",
    )


_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one line of JSON once it answers."
)


_config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Resources, categories and messages. Default: akunsub.toml here, else the sample.",
)


class _Group(click.Group):
    """Tell our own errors in one line; a traceback is for our faults only."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except AkUnsubError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group)
@click.version_option(package_name="akunsub")
def main() -> None:
    """Work on unsubscribe pages with an open AkUnsub SDK."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # "Task queue depth is 1" comes while the threads are starting, and means nothing then.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@_port_option("--port", DEFAULT_PORT, "Port to listen on")
@click.option(
    "--db",
    default="akunsub.db",
    show_default=True,
    metavar="FILE|URL",
    help="Where to store: a SQLite file, or a database URL.",
)
@_config_option
@click.option(
    "--production",
    is_flag=True,
    help="For real subscribers: no clock to move, no verdicts, no inspector without a token.",
)
@_token_option("--api-token-file", "the token of the server APIs", "AKUNSUB_API_TOKEN")
@_token_option("--inspector-token-file", "what opens the inspector", "AKUNSUB_INSPECTOR_TOKEN")
@_json_option
def serve(
    host: str,
    port: int,
    db: str,
    config: Path | None,
    production: bool,  # noqa: FBT001
    api_token_file: Path | None,
    inspector_token_file: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Serve the pixel endpoint: the SDK file, /unsub/*, and what was stored."""
    from akunsub.pixel.app import create_app
    from akunsub.pixel.server import THREADS, Server
    from akunsub.platform.store import Store
    from akunsub.production import prepare_settings, read_inspector_token

    stopped = _stop_on_signal()
    settings, source = _load(config)
    inspector_token = None
    if production:
        settings = prepare_settings(settings, source=source, api_token_file=api_token_file)
        inspector_token = read_inspector_token(inspector_token_file)
    elif api_token_file or inspector_token_file:
        name = "--api-token-file" if api_token_file else "--inspector-token-file"
        raise click.BadOptionUsage(name, f"{name} goes with --production")
    store = Store(db, settings, pool_size=THREADS)
    app = create_app(store, production=production, inspector_token=inspector_token)
    with Server(app, host=host, port=port) as server:
        _wait_until_it_answers(server)
        is_open = inspector_token or not production
        inspector = f"{server.url}/_unsub/" if is_open else None
        if as_json:
            facts = {"url": server.url, "inspector": inspector, "pid": os.getpid()}
            click.echo(json.dumps(facts))
        else:
            click.echo(f"The pixel endpoint   {server.url}")
            shown_db = store.shown_url if "://" in db else db
            click.echo(f"What it stored       {inspector or 'hidden'}   (in {shown_db})")
            click.echo(f"Resources from       {source or 'the built-in sample'}")
            click.echo("\nPaste this on your page:\n")
            click.echo(f"  {_script_tag(server.url, settings)}\n")
            click.echo(f"A smid to try: {settings.messages[0].smid if settings.messages else '-'}")
            click.echo("Ctrl-C stops it.")
        sys.stdout.flush()
        stopped.wait()
    store.close()


@main.command()
@_port_option("--port", DEFAULT_PORT, "Port of the endpoint")
@_port_option("--page-port", DEMO_PAGE_PORT, "Port of the demo pages")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@_json_option
def demo(port: int, page_port: int, no_browser: bool, as_json: bool) -> None:  # noqa: FBT001
    """Show two unsubscribe pages at work, from another origin as in real life."""
    _build_if_needed()
    from akunsub.pixel.app import create_app
    from akunsub.pixel.server import THREADS, Server
    from akunsub.pixel.site import create_site
    from akunsub.platform.settings_file import load_sample
    from akunsub.platform.store import Store

    stopped = _stop_on_signal()
    settings = load_sample()
    smid = settings.messages[0].smid
    with TemporaryDirectory(prefix="akunsub-demo-") as scratch:
        store = Store(Path(scratch, "demo.db"), settings, pool_size=THREADS)
        with (
            _serve_near(port, lambda at: Server(create_app(store), port=at)) as endpoint,
            _serve_near(
                page_port,
                lambda at: Server(create_site(assets.folder("demo"), endpoint.url), port=at),
            ) as site,
        ):
            _wait_until_it_answers(endpoint)
            page = f"{site.url}/index.html?smid={smid}"
            documented = f"{site.url}/documented.html"
            inspector = f"{endpoint.url}/_unsub/"
            if as_json:
                facts = {
                    "page": page,
                    "documented": documented,
                    "url": endpoint.url,
                    "inspector": inspector,
                    "pid": os.getpid(),
                }
                click.echo(json.dumps(facts))
            else:
                click.echo(f"An unsubscribe page            {page}")
                click.echo(f"The documentation's snippet    {documented}")
                click.echo(f"What the endpoint stored       {inspector}")
                click.echo("\nPress a button, then look at what was stored. Ctrl-C stops it.")
            sys.stdout.flush()
            if not no_browser and _has_screen():
                webbrowser.open(page)
            stopped.wait()
        store.close()


main.add_command(verify)


@main.command()
@click.argument("smid")
@_config_option
@click.option(
    "--url",
    default=f"http://127.0.0.1:{DEFAULT_PORT}",
    show_default=True,
    help="The pixel host. RFC 8058 asks for https.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def headers(smid: str, config: Path | None, url: str, as_json: bool) -> None:  # noqa: FBT001
    """Print the unsubscribe headers that the message SMID is sent with."""
    from akunsub.platform.headers import describe_message

    settings, _ = _load(config)
    try:
        told = describe_message(settings, smid, url=url)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--url") from error
    if as_json:
        click.echo(json.dumps(told.as_dict()))
        return
    for name, value in told.headers.items():
        click.echo(f"{name}: {value}")
    if told.why_none:
        click.echo(f"none: {told.why_none}", err=True)


@main.command()
@click.option("--install", is_flag=True, help="Get those that are missing.")
def engines(install: bool) -> None:  # noqa: FBT001
    """List the browser engines that tests and checks can use here."""
    from akunsub.verify import engines as found

    missing = found.install(click.echo) if install else []
    for one in found.find_all():
        click.echo(f"{one.name:10} {one.kind:12} {one.executable}")
    if missing:
        raise click.ClickException(f"missing: {', '.join(missing)}")


def _load(config: Path | None) -> tuple[Settings, str | None]:
    from akunsub.platform.settings_file import load_sample, load_settings

    if config is None and _DEFAULT_CONFIG.exists():
        config = _DEFAULT_CONFIG
    if config is None:
        return load_sample(), None
    return load_settings(config), str(config)


def _script_tag(url: str, settings: Settings) -> str:
    from akunsub.platform.ids import format_script_id

    first = settings.resources[0]
    script_id = format_script_id(first.account_id, first.resource_id)
    return f'<script src="{url}/ak_list_unsubscribe.js?id={script_id}"></script>'


def _build_if_needed() -> None:
    """In a checkout, build the SDK; without the tools to do so, what is in dist/ has to do."""
    root = assets.checkout()
    if root is None:
        return
    built = subprocess.run(
        [sys.executable, str(root / "build.py")], capture_output=True, text=True, check=False
    )
    if built.returncode:
        click.echo(
            f"dist/ is used as it is; it could not be built: {built.stderr.strip()}", err=True
        )


def _serve_near(port: int, make: Callable[[int], Server]) -> Server:
    """Listen on *port*, or on a free one when it is taken: a demo should just come up."""
    try:
        return make(port)
    except ServerError:
        return make(0)


def _wait_until_it_answers(server: Server) -> None:
    with urllib.request.urlopen(f"{server.url}/_unsub/health", timeout=30) as answer:  # noqa: S310
        answer.read()


def _has_screen() -> bool:
    # Without one, webbrowser may start a text browser in this very terminal.
    return sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def _stop_on_signal() -> threading.Event:
    """Return what is set when somebody asks us to stop; from now on no signal is missed."""
    stopped = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, lambda *_: stopped.set())
    return stopped
