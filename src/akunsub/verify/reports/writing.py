"""Writes the report in one of its formats, to a file or to the standard output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akunsub.errors import AkUnsubError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from akunsub.verify.model import PageReport

FORMATS = ("text", "json", "junit", "sarif", "github", "html")

#: What a page said may be half of a surrogate pair, which is in no encoding, nor in strict JSON.
_HALF_CHARACTERS = "replace"


class ReportPathError(AkUnsubError):
    """The report cannot be written there."""


def check_path(name: str, path: str) -> None:
    """
    Do nothing if a report of the format *name* can be written to *path*.

    Asked before pages are checked, it saves the time that a report would be lost after.

    Raises:
        ReportPathError: It cannot.
    """
    if not path:
        if name == "html":
            raise ReportPathError("--format html needs a path: html=report.html")
        return
    folder = Path(path).parent
    if not folder.is_dir():
        raise ReportPathError(f"--format {name}={path}: there is no folder {folder}; make it first")
    if Path(path).is_dir():
        raise ReportPathError(f"--format {name}={path}: that is a folder; name a file in it")


def write(name: str, path: str, reports: Sequence[PageReport]) -> None:
    """
    Write *reports*.

    Args:
        name: One of ``FORMATS``.
        path: A file, which is overwritten; empty: the standard output, text with colours if that
            is a terminal.
        reports: The pages.

    Raises:
        ReportPathError: The file cannot be written.
    """
    check_path(name, path)
    if name == "text" and not path:
        _print(reports)
        return
    text = _render(name, reports)
    data = (text and text + "\n").encode("utf-8", _HALF_CHARACTERS)
    if not path:
        click.echo(data, nl=False)
        return
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise ReportPathError(f"--format {name}={path}: {error.strerror}") from error


def _print(reports: Sequence[PageReport]) -> None:
    from rich.console import Console

    from akunsub.verify.reports.text import as_text, for_terminal

    console = Console(highlight=False)
    if console.is_terminal:
        console.print(for_terminal(reports))
    else:
        # A log is as wide as its reader's window, which nobody knows here.
        click.echo(as_text(reports).plain)


def _render(name: str, reports: Sequence[PageReport]) -> str:
    if name == "text":
        from akunsub.verify.reports.text import as_text

        return as_text(reports).plain
    if name == "json":
        from akunsub.verify.reports.as_json import as_json

        return _as_text(as_json(reports))
    if name == "junit":
        from akunsub.verify.reports.junit import as_junit

        return as_junit(reports)
    if name == "sarif":
        from akunsub.verify.reports.sarif import as_sarif

        return _as_text(as_sarif(reports))
    if name == "github":
        from akunsub.verify.reports.github import as_github

        return as_github(reports)
    from akunsub.verify.reports.html import as_html

    return as_html(reports)


def _as_text(value: dict[str, Any]) -> str:
    whole = json.dumps(value, ensure_ascii=False).encode("utf-8", _HALF_CHARACTERS)
    return json.dumps(json.loads(whole), indent=1)
