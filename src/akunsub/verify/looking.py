"""What can be seen without a press: by axe-core, at 200 %, and on a phone, in one visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

    from akunsub.verify.evidence import Evidence

# What a window of 1280 x 800 has room for at 200 %.
_ZOOMED: Final[ViewportSize] = {"width": 640, "height": 400}
_PHONE: Final[ViewportSize] = {"width": 320, "height": 640}
_COVER = """(wanted) => {
  wanted.scrollIntoView({ block: 'center', inline: 'center' });
  const box = wanted.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  if (top && (wanted.contains(top) || top.contains(wanted))) return '';
  return top ? top.outerHTML.replace(/\\s+/g, ' ').slice(0, 200) : 'it is not in the window';
}"""


@dataclass(frozen=True)
class Looked:
    """
    The page, looked at.

    Attributes:
        violations: What axe-core found; ``None``: it cannot be run in this engine.
        cover: The HTML of what lies over the way out at 200 %, shortened.
        too_wide_zoomed: Elements that are wider than the page then, as page_facts.js has them.
        too_wide: On a phone; ``None``: this engine has no window so narrow.
    """

    violations: list[dict[str, Any]] | None
    cover: str
    too_wide_zoomed: list[dict[str, Any]]
    too_wide: list[dict[str, Any]] | None


def look(evidence: Evidence) -> Looked:
    """Open the page once, and look at it in several sizes."""
    from axe_playwright_python.sync_playwright import Axe

    # axe-core has 560 kB, WebKitGTK 2.50.6 hangs up on messages of more than 128 KiB. The window of
    # its MiniBrowser has the size that it was opened with, and 334 pixels at least.
    is_stock_webkit = (evidence.engine.kind, evidence.engine.name) == ("system", "webkit")
    violations, narrow = None, None
    options = {"viewport": _ZOOMED} if is_stock_webkit else {}
    with evidence.visit(presses=False, **options) as seen:
        if not is_stock_webkit:
            violations = Axe().run(seen.page).response["violations"]
            seen.page.set_viewport_size(_ZOOMED)
        cover = ""
        if evidence.opened.can_be_pressed:
            cover = seen.page.locator(evidence.selector()).first.evaluate(_COVER)
        zoomed = evidence.facts(seen)["tooWide"]
        if not is_stock_webkit:
            seen.page.set_viewport_size(_PHONE)
            narrow = evidence.facts(seen)["tooWide"]
        return Looked(violations, cover, zoomed, narrow)
