"""Reading the endpoint's list of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: What a page does to a subscription. What it asks (``state``) changes nothing.
CHANGING: Final = frozenset({"confirm", "cancel"})


def read_calls(
    ask: Callable[[str], dict[str, Any]], *, since: int = 0, wait_s: float = 0
) -> list[dict[str, Any]]:
    """
    Return all calls, as ``GET /_unsub/calls`` lists them page by page.

    Args:
        ask: Gets a path of the endpoint's and returns the JSON.
        since: Only calls with a greater id.
        wait_s: Wait so long until there is at least one.
    """
    found: list[dict[str, Any]] = []
    while page := ask(f"/_unsub/calls?since={since}&wait={wait_s}")["calls"]:
        found += page
        since, wait_s = page[-1]["id"], 0
    return found
