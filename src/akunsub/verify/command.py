"""``akunsub verify``: the command line of the check."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from akunsub.errors import AkUnsubError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from akunsub.verify.model import PageReport, Result
    from akunsub.verify.target import Target

_FORMATS = ("text", "json")
#: "Could not run", beside 0 for clean and 1 for findings.
_COULD_NOT_RUN = 2


@click.command()
@click.argument("target", nargs=-1, required=True, metavar="TARGET...")
@click.option("--engine", default="", metavar="A,B", help="Default: all that are found.")
@click.option("--rule", "rule_ids", multiple=True, metavar="ID", help="Only this one; repeatable.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="An akunsub.toml with the page's resource. Default: what the page's own tag says.",
)
@click.option("--smid-param", default="smid", show_default=True, help="Of the page's URL.")
@click.option("--confirm", default="", metavar="SELECTOR", help="What lets people leave.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warn"]),
    default="error",
    show_default=True,
    help="What makes the exit status 1.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME[=PATH]",
    help=f"{', '.join(_FORMATS)}; repeatable. Default: text.",
)
def verify(
    target: tuple[str, ...],
    engine: str,
    rule_ids: tuple[str, ...],
    config: Path | None,
    smid_param: str,
    confirm: str,
    fail_on: str,
    formats: tuple[str, ...],
) -> None:
    """
    Open unsubscribe pages in real browsers and say what is wrong with them.

    TARGET is a URL, an HTML file or a folder. Nobody is unsubscribed: whatever a page sends to a
    pixel host goes to an endpoint that is started for the check.

    Exit status: 0 clean, 1 findings, 2 could not run.
    """
    from akunsub.verify.engines import ENGINE_NAMES
    from akunsub.verify.rules import all_rules
    from akunsub.verify.run import Options, check

    engine_names = tuple(filter(None, engine.split(",")))
    _refuse_unknown("--engine", engine_names, ENGINE_NAMES)
    _refuse_unknown("--rule", rule_ids, [rule.id for rule in all_rules()])
    wanted = [one.partition("=")[::2] for one in formats or ("text",)]
    _refuse_unknown("--format", [name for name, _ in wanted], _FORMATS)
    options = Options(engine_names, rule_ids, config, smid_param, confirm)
    try:
        with _Progress() as progress:
            reports = check(target, options, progress.show)
    except AkUnsubError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_COULD_NOT_RUN)
    for name, path in wanted:
        _write(name, path, reports)
    failing = {"fail", "warn"} if fail_on == "warn" else {"fail"}
    if any(result.status in failing for report in reports for result in report.results):
        sys.exit(1)


def _refuse_unknown(option: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise click.BadOptionUsage(option, f"{option}: no {name!r}, only {', '.join(known)}")


def _write(name: str, path: str, reports: Sequence[PageReport]) -> None:
    from rich.console import Console

    from akunsub.verify.reports.as_json import as_json
    from akunsub.verify.reports.text import as_text

    if name == "json":
        text = json.dumps(as_json(reports), indent=1)
    elif path:
        text = as_text(reports).plain
    else:
        Console(highlight=False, soft_wrap=True).print(as_text(reports))
        return
    if path:
        Path(path).write_text(text + "\n", encoding="utf-8")
    else:
        click.echo(text)


class _Progress:
    """What is being tried, on a terminal; nothing elsewhere."""

    def __enter__(self) -> Self:
        from rich.console import Console

        self._status = Console(stderr=True).status("opening the browser …")
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def show(self, target: Target, result: Result) -> None:
        self._status.update(f"{target.name}  {result.engine}  {result.rule.id}: {result.status}")
