"""The command line. The only module that prints."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import TYPE_CHECKING

import click

from akunsub.command_parts import (
    DEFAULT_PORT,
    STANDARD_INPUT,
    config_here,
    config_option,
    database_option,
    json_option,
    load_config,
    log_options,
    port_option,
    set_up_logs,
    stop_on_signal,
    token_option,
    wait_until_it_answers,
)
from akunsub.demo_command import demo
from akunsub.dev.command import dev
from akunsub.errors import AkUnsubError
from akunsub.gateway.command import outbox, relay
from akunsub.printable import in_one_line
from akunsub.verify.command import verify

if TYPE_CHECKING:
    from pathlib import Path

    from akunsub.logs import Format
    from akunsub.platform.settings import Settings


_log = logging.getLogger("akunsub.serve")


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
@database_option
@config_option
@click.option(
    "--production",
    is_flag=True,
    help="For real subscribers: no clock to move, no verdicts, no inspector without a token.",
)
@token_option("--api-token-file", "the token of the server APIs", "AKUNSUB_API_TOKEN")
@token_option("--inspector-token-file", "what opens the inspector", "AKUNSUB_INSPECTOR_TOKEN")
@token_option("--metrics-token-file", "what opens /metrics", "AKUNSUB_METRICS_TOKEN")
@log_options
@click.option(
    "--drain-seconds",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="Once asked to stop: how long it goes on, with /readyz saying 503, before it stops "
    "listening. For load balancers that ask.",
)
@click.option(
    "--stop-seconds",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="After that: how long it may take to answer what it has read.",
)
@click.option("--no-relay", is_flag=True, help="Deliver nothing: akunsub relay does that.")
@json_option
def serve(
    host: str,
    port: int,
    db: str,
    config: Path | None,
    production: bool,  # noqa: FBT001
    api_token_file: Path | None,
    inspector_token_file: Path | None,
    metrics_token_file: Path | None,
    log_format: Format | None,
    log_clear: bool,  # noqa: FBT001
    log_key_file: Path | None,
    drain_seconds: float,
    stop_seconds: float,
    no_relay: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Serve the pixel endpoint: the SDK file, /unsub/*, and what was stored."""
    from akunsub.gateway.relay import SENDERS
    from akunsub.gateway.running import relaying
    from akunsub.pixel.app import create_app
    from akunsub.pixel.open_files import raise_open_files
    from akunsub.pixel.server import CONNECTIONS, Server
    from akunsub.platform.settings_file import has_sample_resources
    from akunsub.platform.store import Store
    from akunsub.production import (
        describe_gaps,
        prepare_settings,
        read_inspector_token,
        read_metrics_token,
    )

    stopped = stop_on_signal()
    smid_key = set_up_logs(
        log_format, log_clear=log_clear, log_key_file=log_key_file, production=production
    )
    settings, source = load_config(config)
    inspector_token = metrics_token = None
    token_files = {
        "--api-token-file": api_token_file,
        "--inspector-token-file": inspector_token_file,
        "--metrics-token-file": metrics_token_file,
    }
    if production:
        settings = prepare_settings(settings, source=source, api_token_file=api_token_file)
        inspector_token = read_inspector_token(inspector_token_file)
        metrics_token = read_metrics_token(metrics_token_file)
        for gap in describe_gaps(settings, host=host):
            _log.warning("not configured", extra={"advice": gap})
    elif unused := next((name for name, file in token_files.items() if file), None):
        raise click.BadOptionUsage(unused, f"{unused} goes with --production")
    raise_open_files()
    upstream = None if no_relay else settings.upstream
    connections = CONNECTIONS + (SENDERS + 1 if upstream else 0)
    store = Store(db, settings, pool_size=connections, production=production)
    app = create_app(
        store,
        production=production,
        inspector_token=inspector_token,
        metrics_token=metrics_token,
    )
    with (
        relaying(store, upstream, production=production),
        Server(
            app,
            host=host,
            port=port,
            is_behind_proxy=production and settings.server.trusted_proxies > 0,
            drain_s=drain_seconds,
            stop_s=stop_seconds,
        ) as server,
    ):
        wait_until_it_answers(server)
        facts = {"host": host, "port": server.port, "pid": os.getpid(), "smid_key": smid_key}
        _log.info("started", extra=facts | {"production": production})
        is_open = inspector_token or not production
        inspector = f"{server.url}/_unsub/" if is_open else None
        if as_json:
            facts = {"url": server.url, "inspector": inspector, "pid": os.getpid()}
            click.echo(json.dumps(facts))
        else:
            click.echo(f"The pixel endpoint   {server.url}")
            shown_db = store.shown_url if "://" in db else db
            click.echo(f"What it stored       {inspector or 'hidden'}   (in {shown_db})")
            own = None if has_sample_resources(settings) else source
            click.echo(f"Resources from       {own or 'the built-in sample'}")
            if settings.upstream:
                by = " (by akunsub relay)" if no_relay else ""
                click.echo(f"Delivers to          {settings.upstream.url}{by}")
            click.echo("\nPaste this on your page:\n")
            click.echo(f"  {_script_tag(server.url, settings)}\n")
            if not production:  # what is printed may be kept as a log is
                smid = settings.messages[0].smid if settings.messages else "-"
                click.echo(f"A smid to try: {smid}")
            click.echo("Ctrl-C stops it.")
        sys.stdout.flush()
        stopped.wait()
        _log.info("stopping")
        all_answered = server.stop()
    store.close()
    _log.info("stopped", extra={"all_answered": all_answered})


main.add_command(demo)
main.add_command(dev)
main.add_command(outbox)
main.add_command(relay)
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
