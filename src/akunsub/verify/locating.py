"""From an element that page_facts.js described to where a finding says it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping


class Place(TypedDict):
    """The fields of a Finding."""

    selector: str
    snippet: str


def at(element: Mapping[str, str]) -> Place:
    """Return where *element* is."""
    return {"selector": element["selector"], "snippet": element["html"]}
