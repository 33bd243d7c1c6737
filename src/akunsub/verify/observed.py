"""What was seen on a page: facts, without a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from akunsub.verify.page_scripts import Facts
    from akunsub.verify.visit import Asked


@dataclass(frozen=True)
class Opened:
    """
    The page was opened, and nobody did anything, for a minute of its own time.

    Attributes:
        facts: See page_facts.js.
        scripts: Address and text of each that it loaded, but for the SDK's.
        violations: What its Content-Security-Policy forbade: ``directive`` and ``url``.
        can_be_pressed: What lets people leave is in sight and enabled.
        url: Of the page; it may have led on.
    """

    facts: Facts
    html: str
    headers: dict[str, str]
    lines: list[str]
    calls: list[dict[str, Any]]
    errors: list[str]
    requests: list[Asked]
    scripts: list[tuple[str, str]]
    violations: list[dict[str, str]]
    can_be_pressed: bool
    url: str


@dataclass(frozen=True)
class Pressed:
    """
    Somebody pressed something.

    Attributes:
        new_lines: What the page shows then and did not before.
        calls: What the endpoint got.
        status: Of the subscription, afterwards.
        live_lines: Lines that a screen reader is told: in a live region of the page as it loaded.
        ways: Selectors of the visible links that lead elsewhere.
        url: Of the page, afterwards.
        sends: How the page sent: ``how``, ``url``, and whether it ``outlives`` the page.
        violations: What the page's Content-Security-Policy forbade: ``directive`` and ``url``.
        requests: What the page asked for since it was opened.
    """

    new_lines: list[str]
    calls: list[dict[str, Any]]
    status: str
    live_lines: list[str]
    ways: list[str]
    url: str
    sends: list[dict[str, Any]]
    violations: list[dict[str, str]]
    requests: list[Asked]


@dataclass(frozen=True)
class Confirmed(Pressed):
    """
    Somebody pressed, and nothing went wrong.

    Attributes:
        early_lines: What the page showed before it was answered, and not before the press.
        again: What came of opening and pressing again; ``None``: that was not tried.
    """

    early_lines: list[str]
    again: Pressed | None


@dataclass(frozen=True)
class Blocked(Pressed):
    """
    Somebody pressed, and nothing got through.

    Attributes:
        later_calls: What the endpoint got when the person opened the page again.
    """

    later_calls: list[dict[str, Any]]
