"""A page to start from: the demo's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub import assets
from akunsub.dev.sources import SourceError

if TYPE_CHECKING:
    from pathlib import Path

_FILES = ("index.html", "page.css", "page.js")


def write_starter(folder: Path) -> list[Path]:
    """
    Write the page and return its files.

    Raises:
        SourceError: One of them is there already; nothing is written.
    """
    paths = [folder / name for name in _FILES]
    for path in paths:
        if path.exists():
            raise SourceError(f"{path} is there already; the starter is for an empty folder")
    for path in paths:
        path.write_bytes((assets.folder("demo") / path.name).read_bytes())
    return paths
