"""The pages that checkers are compared on: the demo's, a good one, and one for each broken rule."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from akunsub import assets
from akunsub.pixel.site import USUAL_ENDPOINT

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "good page"


@dataclass(frozen=True)
class Page:
    """
    What is looked at.

    Attributes:
        name: For people.
        path: Within either folder, see ``write_pages``.
        rule: The one that it was made to break, if any.
    """

    name: str
    path: str
    rule: str = ""


def write_pages(folder: Path, running: Path, origin: str) -> list[Page]:
    """
    Write all pages, the good one first.

    Args:
        folder: Gets them as they are.
        running: Gets them with *origin* in place of their pixel host.
        origin: Of an endpoint.
    """
    from tests.verify.pages import BROKEN, CLEAN, PXL, write

    shutil.copytree(assets.folder("demo"), folder / "demo")
    fixtures = folder / "fixtures"
    fixtures.mkdir()
    for name, page in {"clean": CLEAN, **BROKEN}.items():
        write(fixtures, name, page)  # type: ignore[no-untyped-call]
    shutil.copytree(folder, running)
    # Only https: where "http" is what is wrong with a page, it keeps its host.
    for file in (one for one in running.rglob("*.*") if one.suffix in {".html", ".js"}):
        text = file.read_text(encoding="utf-8")
        for host in (USUAL_ENDPOINT, PXL):
            text = text.replace(host, origin)
        file.write_text(text, encoding="utf-8")
    demos = [f"demo/{name}.html" for name in ("index", "documented")]
    return [
        Page(GOOD, "fixtures/clean.html"),
        *(Page(path, path) for path in demos),
        *(Page(rule, f"fixtures/{rule}.html", rule) for rule in BROKEN),
    ]
