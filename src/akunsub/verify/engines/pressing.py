"""
Presses and keys as a person gives them: every event the page gets is trusted.

Playwright's own input is that everywhere but on system WebKit, whose inspector protocol has no
input: there Playwright dispatches made-up events (``isTrusted`` false, no ``pointerdown``), so
a real pointer and keyboard are used.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import ElementHandle, JSHandle, Locator, Page

    from akunsub.verify.engines.engine import Engine

_SEEN_TIMEOUT_S = 1.0

_COUNT_EVENTS = """(target, type) => {
    const view = target.ownerDocument.defaultView;
    const events = {count: 0};
    view.addEventListener(type, () => { events.count += 1; }, {capture: true});
    return events;
}"""


def press(engine: Engine, page: Page, target: str | Locator, *, times: int = 1) -> None:
    """
    Click *target* with the left button, in its middle.

    Waits until it is visible, enabled and still, and scrolls to it. When this returns, the page
    has handled the events.

    Args:
        engine: Where *page* was opened.
        page: The page.
        target: Selector of one element, or its locator.
        times: Clicks without a pause between them, as of somebody impatient.

    Raises:
        playwright.sync_api.Error: There is no such element, or it cannot be clicked, in 30 s.
    """
    locator = page.locator(target) if isinstance(target, str) else target
    window = engine.window(page)
    if not window:
        locator.click(click_count=times)
        return
    element = locator.element_handle()
    element.wait_for_element_state("visible")
    element.wait_for_element_state("enabled")
    element.scroll_into_view_if_needed()  # waits until it is still
    box = element.bounding_box()
    assert box  # noqa: S101  it is visible  # nosec B101
    with _until_seen(element, "click", times):
        window.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, times=times)


def press_key(engine: Engine, page: Page, key: str) -> None:
    """
    Press and release *key*, which goes to the element that has the focus.

    Args:
        engine: Where *page* was opened.
        page: The page.
        key: Playwright's name of it: ``"Enter"``, ``"Space"``, ``"Tab"``, ``"Shift+Tab"``, ``"a"``.
    """
    window = engine.window(page)
    if not window:
        page.keyboard.press(key)
        return
    with _until_seen(page.locator(":root").element_handle(), "keyup", 1):
        window.press_key(key)


@contextmanager
def _until_seen(element: ElementHandle, event: str, times: int) -> Iterator[None]:
    """
    Wait, after the body, until the page has had *times* events.

    The pointer's way to the page is not Playwright's: without this, the next look at the page
    could overtake it. Some never come, such as those in another frame: then 1 s is lost.
    """
    from playwright.sync_api import Error

    seen = element.evaluate_handle(_COUNT_EVENTS, event)
    yield
    deadline = time.monotonic() + _SEEN_TIMEOUT_S
    try:
        while _count(seen) < times and time.monotonic() < deadline:
            time.sleep(0.01)
    except Error:
        pass  # the press led away from the page


def _count(seen: JSHandle) -> int:
    count: int = seen.evaluate("events => events.count")
    return count
