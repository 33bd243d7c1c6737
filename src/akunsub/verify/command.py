"""``akunsub verify``: the command line of the check."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from akunsub.errors import AkUnsubError
from akunsub.verify.reports.writing import FORMATS, check_path, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from akunsub.verify.baseline import Identity
    from akunsub.verify.model import PageReport, Result
    from akunsub.verify.options import Options
    from akunsub.verify.target import Target

#: "Could not run", beside 0 for clean and 1 for findings.
_COULD_NOT_RUN = 2
# As shells tell of a program that SIGINT ended.
_INTERRUPTED = 130


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
@click.option("--cancel", default="", metavar="SELECTOR", help="What lets them stay after all.")
@click.option(
    "--mode",
    type=click.Choice(["confirm", "delayed", "instant", "prevented"]),
    help="Of the resource. Default: as configured, and delayed for what the page has for that.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Press once, on the real pixel host: it unsubscribes whom the URL is for. Asks first.",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0, min_open=True),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="For each page in each engine; then its browser is ended.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="An earlier report, --format json=FILE: what is in it is no reason to fail.",
)
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
    help=f"{', '.join(FORMATS)}; repeatable. Default: text.",
)
def verify(
    *,
    target: tuple[str, ...],
    engine: str,
    rule_ids: tuple[str, ...],
    config: Path | None,
    smid_param: str,
    confirm: str,
    cancel: str,
    mode: str | None,
    live: bool,
    timeout_s: float,
    baseline: Path | None,
    fail_on: str,
    formats: tuple[str, ...],
) -> None:
    """
    Open unsubscribe pages in real browsers and say what is wrong with them.

    TARGET is a URL, an HTML file or a folder. Nobody is unsubscribed: whatever a page sends to a
    pixel host goes to an endpoint that is started for the check.

    Exit status: 0 clean, 1 findings, 2 could not run, or not to the end on some page.
    """
    from akunsub.verify.engines import ENGINE_NAMES
    from akunsub.verify.options import Options
    from akunsub.verify.rules import all_rules
    from akunsub.verify.run import check

    engine_names = tuple(filter(None, engine.split(",")))
    _refuse_unknown("--engine", engine_names, ENGINE_NAMES)
    _refuse_unknown("--rule", rule_ids, [rule.id for rule in all_rules()])
    wanted = [one.partition("=")[::2] for one in formats or ("text",)]
    _refuse_unknown("--format", [name for name, _ in wanted], FORMATS)
    options = Options(
        engine_names,
        rule_ids,
        config,
        smid_param,
        confirm,
        timeout_s,
        cancel=cancel,
        mode=mode or "",
        is_live=live,
        takes_screenshots=any(name == "html" for name, _ in wanted),
    )
    try:
        for name, path in wanted:
            check_path(name, path)
        if baseline:  # before the check, which takes longer
            from akunsub.verify.baseline import read_baseline

            known = read_baseline(baseline)
        if live:
            _ask(target, options)
        with _Progress() as progress:
            reports = check(target, options, progress.show, progress.show_page)
        if baseline:
            reports = _mark_known(reports, known, baseline)
        for name, path in wanted:
            write(name, path, reports)
    except AkUnsubError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(_COULD_NOT_RUN)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception:  # noqa: BLE001  Python's own status for it, 1, would say "findings"
        traceback.print_exc()
        sys.exit(_COULD_NOT_RUN)
    _exit(reports, fail_on)


def _ask(targets: Sequence[str], options: Options) -> None:
    """Let a person agree to what --live does."""
    from akunsub.verify.target import check_is_live

    for target in targets:
        smid = check_is_live(target, options.smid_param)
        engines = ", ".join(options.engine_names) or "each browser that is found"
        question = f"--live: unsubscribe {smid} for real, by pressing on {target} in {engines}?"
        try:
            click.confirm(question, abort=True, err=True)
        except click.Abort:
            raise AkUnsubError("--live was not agreed to; nothing was opened") from None


def _mark_known(
    reports: list[PageReport], known: frozenset[Identity], path: Path
) -> list[PageReport]:
    from akunsub.verify.baseline import count_gone, mark_known

    if gone := count_gone(reports, known):
        told = f"{path}: {gone} of its findings are gone"
        click.echo(f"{told}; --format json={path} writes it again", err=True)
    return mark_known(reports, known)


def _exit(reports: Sequence[PageReport], fail_on: str) -> None:
    unfinished = [
        f"Error: {report.target}, {engine}: {reason}"
        for report in reports
        for engine, reason in report.unfinished.items()
    ]
    if unfinished:
        click.echo("\n".join(unfinished), err=True)
        sys.exit(_COULD_NOT_RUN)
    failing = {"fail", "warn"} if fail_on == "warn" else {"fail"}
    results = [result for report in reports for result in report.results]
    if any(result.status in failing and not result.is_known for result in results):
        sys.exit(1)


def _refuse_unknown(option: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise click.BadOptionUsage(option, f"{option}: no {name!r}, only {', '.join(known)}")


class _Progress:
    """What is being tried, on a terminal; in a log, a line for each page that is done."""

    def __enter__(self) -> Self:
        from rich.console import Console

        self._console = Console(stderr=True)
        self._status = self._console.status("opening the browser …")
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def show(self, target: Target, result: Result) -> None:
        from rich.markup import escape

        name = escape(target.name)
        self._status.update(f"{name}  {result.engine}  {result.rule.id}: {result.status}")

    def show_page(self, report: PageReport, engine: str) -> None:
        if self._console.is_terminal:
            return
        results = [result for result in report.results if result.engine == engine]
        failed = sum(result.status == "fail" for result in results)
        took = report.seconds.get(engine, 0)
        told = f"{len(results)} rule{'' if len(results) == 1 else 's'} in {took:.0f} s"
        line = f"{report.target} {engine}: {told}, {failed} failed"
        click.echo(line + (", not finished" if engine in report.unfinished else ""), err=True)
