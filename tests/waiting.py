"""Waiting for what a page's script says, or anything else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

_POLL_MS = 50


def wait_until(page: Page, expression: str, *, timeout_s: float = 20) -> None:
    """
    Wait until *expression* is true on *page*.

    ``page.wait_for_function`` may not look twice where the page's CSP has no 'unsafe-eval'.
    """
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"not true in {timeout_s} s: {expression}"
        page.wait_for_timeout(_POLL_MS)


def until(is_so: Callable[[], object], *, timeout_s: float = 20) -> None:
    """Look until *is_so* returns something true."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, f"not so in {timeout_s} s"
        time.sleep(_POLL_MS / 1000)
