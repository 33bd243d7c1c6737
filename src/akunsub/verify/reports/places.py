"""Where a page and its parts are, as other programs name it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from akunsub.verify.model import PageReport

# What a URL may have: RFC 3986's reserved characters, and % because a URL is quoted already.
_OF_URLS = "%:/?#[]@!$&'()*+,;="


def engines_of(report: PageReport) -> list[str]:
    """Return the engines in which the page was checked, those in which that failed too."""
    return list(dict.fromkeys([*report.engines, *report.unfinished]))


def is_file(report: PageReport) -> bool:
    """Is the page a file, and not at a URL?"""
    return urlsplit(report.target).scheme not in {"http", "https"}


def as_uri(report: PageReport) -> str:
    """Return the page's URL; of a file, its path, relative if it was named so."""
    if not is_file(report):
        return quote(report.target, safe=_OF_URLS, errors="replace")
    path = Path(report.target)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")
