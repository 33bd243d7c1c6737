"""What is told of a page that was closed because it does not hold still."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from akunsub.verify.loading import PageLostError, loading


def closed_for_its_windows(page):
    """Some calls are only told that the page is closed."""
    with loading(page) as opening:
        for _ in range(5):
            opening._count_window()
        raise Error("Target page, context or browser has been closed")


def test_whatever_is_asked_then_is_told_the_reason(page):
    with pytest.raises(PageLostError, match="does not hold still: it opens one window after"):
        closed_for_its_windows(page)


def test_what_goes_wrong_on_a_page_that_holds_still_stays_as_it_is(page):
    with pytest.raises(Error, match="something else"), loading(page):
        raise Error("something else")
