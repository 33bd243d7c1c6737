"""The command line. The only module that prints."""

from __future__ import annotations

import json
import logging
import os
import sys
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from akunsub import assets
from akunsub.command_parts import (
    DEFAULT_PORT,
    PAGE_PORT,
    STANDARD_INPUT,
    build_if_needed,
    config_here,
    config_option,
    has_screen,
    json_option,
    load_config,
    port_option,
    stop_on_signal,
    wait_until_it_answers,
)
from akunsub.dev.command import dev
from akunsub.errors import AkUnsubError
from akunsub.printable import in_one_line
from akunsub.verify.command import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.decorators import FC

    from akunsub.platform.settings import Settings


def _token_option(name: str, what: str, variable: str) -> Callable[[FC], FC]:
    return click.option(
        name,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=f"With --production: holds {what}. Default: the variable {variable}.",
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
@port_option("--port", DEFAULT_PORT, "Port to listen on")
@click.option(
    "--db",
    default="akunsub.db",
    show_default=True,
    metavar="FILE|URL",
    help="Where to store: a SQLite file, or a database URL.",
)
@config_option
@click.option(
    "--production",
    is_flag=True,
    help="For real subscribers: no clock to move, no verdicts, no inspector without a token.",
)
@_token_option("--api-token-file", "the token of the server APIs", "AKUNSUB_API_TOKEN")
@_token_option("--inspector-token-file", "what opens the inspector", "AKUNSUB_INSPECTOR_TOKEN")
@json_option
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
    from akunsub.pixel.limits import raise_open_files
    from akunsub.pixel.server import CONNECTIONS, Server
    from akunsub.platform.store import Store
    from akunsub.production import prepare_settings, read_inspector_token

    stopped = stop_on_signal()
    settings, source = load_config(config)
    inspector_token = None
    if production:
        settings = prepare_settings(settings, source=source, api_token_file=api_token_file)
        inspector_token = read_inspector_token(inspector_token_file)
    elif api_token_file or inspector_token_file:
        name = "--api-token-file" if api_token_file else "--inspector-token-file"
        raise click.BadOptionUsage(name, f"{name} goes with --production")
    raise_open_files()
    store = Store(db, settings, pool_size=CONNECTIONS, production=production)
    app = create_app(store, production=production, inspector_token=inspector_token)
    with Server(app, host=host, port=port) as server:
        wait_until_it_answers(server)
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
@port_option("--port", DEFAULT_PORT, "Port of the endpoint")
@port_option("--page-port", PAGE_PORT, "Port of the demo pages")
@click.option("--python", is_flag=True, help="Get what the pages in Python need, once, by npm.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@json_option
def demo(
    port: int,
    page_port: int,
    python: bool,  # noqa: FBT001
    no_browser: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show unsubscribe pages at work, from another origin as in real life."""
    build_if_needed()
    from akunsub import python_runtime
    from akunsub.pixel.app import create_app
    from akunsub.pixel.server import THREADS, Server, serve_near
    from akunsub.pixel.site import create_site
    from akunsub.platform.settings_file import load_sample
    from akunsub.platform.store import Store

    stopped = stop_on_signal()
    if python:
        if not python_runtime.is_here():
            click.echo("Getting Python for the pages from npm …", err=True)
        try:
            python_runtime.fetch()
        except python_runtime.RuntimeMissingError as error:  # the other pages need none of it
            click.echo(str(error), err=True)
    more = {"runtime": python_runtime.folder(), "sdk": assets.folder("sdk/python")}
    settings = load_sample()
    smid = settings.messages[0].smid
    with TemporaryDirectory(prefix="akunsub-demo-") as scratch:
        store = Store(Path(scratch, "demo.db"), settings, pool_size=THREADS)
        with (
            serve_near(port, lambda at: Server(create_app(store), port=at)) as endpoint,
            serve_near(
                page_port,
                lambda at: Server(create_site(assets.folder("demo"), endpoint.url, more), port=at),
            ) as site,
        ):
            wait_until_it_answers(endpoint)
            page = f"{site.url}/index.html?smid={smid}"
            documented = f"{site.url}/documented.html"
            in_python = f"{site.url}/pyscript.html?smid={smid}"
            playground = f"{site.url}/playground.html"
            inspector = f"{endpoint.url}/_unsub/"
            if as_json:
                facts = {
                    "page": page,
                    "python": in_python,
                    "playground": playground,
                    "documented": documented,
                    "url": endpoint.url,
                    "inspector": inspector,
                    "pid": os.getpid(),
                }
                click.echo(json.dumps(facts))
            else:
                click.echo(f"An unsubscribe page            {page}")
                click.echo(f"The documentation's snippet    {documented}")
                if python_runtime.is_here():
                    click.echo(f"The same page, in Python       {in_python}")
                    click.echo(f"Try Python against the SDK     {playground}")
                click.echo(f"What the endpoint stored       {inspector}")
                click.echo("\nPress a button, then look at what was stored. Ctrl-C stops it.")
            sys.stdout.flush()
            if not no_browser and has_screen():
                webbrowser.open(page)
            stopped.wait()
        store.close()


main.add_command(dev)
main.add_command(verify)


@main.command()
@click.argument("smid")
@config_option
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

    settings, _ = load_config(config)
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


@main.command(context_settings={"ignore_unknown_options": True})
@config_option
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(command: tuple[str, ...], config: Path | None) -> None:
    """
    Run COMMAND with an endpoint of its own: akunsub run -- pytest.

    The endpoint's origin is in the environment variable AKUNSUB_PXL_DOMAIN, for the tag's
    data-ak-pxl-domain. When the command fails, what the endpoint got is printed. The exit status is
    the command's.
    """
    from akunsub.running import run_beside_endpoint
    from akunsub.testing.calls import describe

    given = sys.stdin.read() if config == STANDARD_INPUT else None
    finished = run_beside_endpoint(command, config_here(config), settings=given)
    if finished.status:
        click.echo(f"\n{command[0]} ended with {finished.status}. The endpoint got:", err=True)
        lines = [f"  {in_one_line(describe(call))}" for call in finished.calls]
        click.echo("\n".join(lines) or "  no call at all", err=True)
    sys.exit(finished.status)


@main.command()
@click.option("--install", is_flag=True, help="Get those that are missing.")
def engines(install: bool) -> None:  # noqa: FBT001
    """List the browser engines that tests and checks can use here."""
    from akunsub.verify import engines as found

    missing = found.install(click.echo) if install else []
    here = found.find_all()
    for one in (*here, *(one for one in found.find_all(headless_shell=True) if one not in here)):
        click.echo(f"{one.name:10} {one.kind:12} {one.executable}")
    if missing:
        raise click.ClickException(f"missing: {', '.join(missing)}")


def _script_tag(url: str, settings: Settings) -> str:
    from akunsub.platform.ids import format_script_id

    first = settings.resources[0]
    script_id = format_script_id(first.account_id, first.resource_id)
    return f'<script src="{url}/ak_list_unsubscribe.js?id={script_id}"></script>'
