"""The command ``akunsub dev``."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from akunsub.command_parts import (
    DEFAULT_PORT,
    PAGE_PORT,
    build_if_needed,
    config_option,
    has_screen,
    json_option,
    load_config,
    port_option,
    stop_on_signal,
)

if TYPE_CHECKING:
    from akunsub.dev.session import Session


@click.command()
@click.argument("target", default=".")
@port_option("--port", DEFAULT_PORT, "Port of the endpoint")
@port_option("--page-port", PAGE_PORT, "Port of your page")
@click.option(
    "--smid-param", default="smid", show_default=True, help="The query's field that has the smid."
)
@click.option("--starter", is_flag=True, help="Write a page to start from into an empty folder.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@config_option
@json_option
def dev(
    target: str,
    port: int,
    page_port: int,
    smid_param: str,
    starter: bool,  # noqa: FBT001
    no_browser: bool,  # noqa: FBT001
    config: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """
    Work on a page: it is served with an endpoint of its own, beside the inspector.

    TARGET is an HTML file, a folder (this one, if none is named) or the URL of a page on a server
    of yours. Whatever the page sends to a pixel host arrives at the endpoint here. It is loaded
    again when a file changes. Each call is told in one line, good or bad, and why.
    """
    from akunsub.dev.session import developing

    settings, _ = load_config(config)
    _offer_starter(Path(target), wanted=starter)
    build_if_needed()
    stopped = stop_on_signal()
    with developing(
        target,
        settings,
        port=port,
        page_port=page_port,
        smid_param=smid_param,
        tell=_tell_as_json if as_json else _tell,
    ) as session:
        if as_json:
            facts = {
                "page": session.page,
                "beside": session.beside,
                "url": session.endpoint,
                "inspector": f"{session.endpoint}/_unsub/",
                "pid": os.getpid(),
            }
            click.echo(json.dumps(facts))
        else:
            _introduce(session)
        sys.stdout.flush()
        if not no_browser and has_screen():
            webbrowser.open(session.beside)
        stopped.wait()


def _offer_starter(folder: Path, *, wanted: bool) -> None:
    from akunsub.dev.sources import Folder
    from akunsub.dev.starter import write_starter

    if not folder.is_dir() or Folder(folder).pages():
        if wanted:
            raise click.UsageError(f"--starter: {folder} is no folder without a page")
        return
    if not wanted and sys.stdin.isatty():
        question = f"There is no page in {folder.resolve()}. Write one?"
        wanted = click.confirm(question, default=True, err=True)
    if wanted:
        for path in write_starter(folder):
            click.echo(f"Wrote {path}", err=True)


def _introduce(session: Session) -> None:
    click.echo(f"Your page, and what it does   {session.beside}")
    click.echo(f"Your page alone               {session.page}")
    click.echo(f"The inspector alone           {session.endpoint}/_unsub/")
    if not session.has_tag:
        click.echo("\nThe page does not load the SDK; here it is there all the same.")
    click.echo("\nPaste this on your page:\n")
    click.echo(f'  <script src="{session.sdk}"></script>\n')
    if session.people:
        click.echo("Open it as somebody else, with ?smid= of")
    width = max((len(one.smid) for one in session.people), default=0)
    for one in session.people:
        click.echo(f"  {one.smid:{width}}  {one.mode:9}  {one.title}")
    click.echo("\nPress a button on the page. Ctrl-C stops it.\n")


def _tell(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


def _tell_as_json(line: str) -> None:
    click.echo(json.dumps({"line": line}))
    sys.stdout.flush()
