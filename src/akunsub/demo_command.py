"""``akunsub demo``: unsubscribe pages at work."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from akunsub import assets
from akunsub.command_parts import (
    DEFAULT_PORT,
    PAGE_PORT,
    build_if_needed,
    has_screen,
    json_option,
    port_option,
    stop_on_signal,
    wait_until_it_answers,
)


@click.command()
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
