"""The report for people: one HTML file that asks nothing of anybody."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from akunsub.printable import printable
from akunsub.verify.reports.page_view import LOOKS, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from akunsub.verify.model import PageReport


def as_html(reports: Sequence[PageReport], made_at: datetime | None = None) -> str:
    """
    Return the report of all pages.

    Args:
        reports: The pages.
        made_at: When it is made; now by default.
    """
    style = files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=PackageLoader(__package__, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    return environment.get_template("report.html.jinja").render(
        pages=[view(report, f"page-{number}") for number, report in enumerate(reports, 1)],
        looks=LOOKS,
        style=Markup(style),  # noqa: S704 - ours  # nosec B704
        policy=_policy(style),
        version=version("akunsub"),
        made_at=made_at or datetime.now(UTC),
    )


def _finalize(value: object) -> object:
    # HTML cannot have every character either, whoever it is from.
    return printable(value) if type(value) is str else value


def _policy(style: str) -> str:
    """Return the Content-Security-Policy: nothing but the style and pictures within the file."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
