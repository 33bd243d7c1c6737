"""At 200 % zoom the way out can be reached, and nothing covers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.locating import at
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence

_COVER = """(wanted) => {
  wanted.scrollIntoView({ block: 'center', inline: 'center' });
  const box = wanted.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  if (top && (wanted.contains(top) || top.contains(wanted))) return '';
  return top ? top.outerHTML.replace(/\\s+/g, ' ').slice(0, 200) : 'it is not in the window';
}"""


def _check(evidence: Evidence) -> Iterator[Finding]:
    selector = evidence.selector()
    # What a window of 1280 x 800 has room for then.
    with evidence.visit(presses=False, viewport={"width": 640, "height": 400}) as seen:
        cover = seen.page.locator(selector).first.evaluate(_COVER)
        sticking = evidence.facts(seen)["tooWide"]
    if cover:
        yield Finding("something else is in front of it", evidence=(cover,), **evidence.place())
    for element in sticking:
        yield Finding("it is wider than the page", **at(element))


RULE = Rule(
    id="zoom",
    group="people can",
    level="error",
    title="At 200 % zoom the way out can be reached, and nothing covers it.",
    why="People who need large letters find a banner where the button is.",
    source="https://www.w3.org/WAI/WCAG22/Understanding/resize-text",
    fix="Let banners and headers scroll with the page, or leave room for what is under them.",
    check=_check,
)
