"""What is run on a page to see it, or to be the script that presses."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

Facts = dict[str, Any]

_FACTS = files("akunsub.verify").joinpath("page_facts.js").read_text(encoding="utf-8")


def read_facts(page: Page) -> Facts:
    """Return what page_facts.js sees on *page*."""
    found: Facts = page.evaluate(_FACTS)
    return found


HAS_FOCUS = "(selector) => document.activeElement === document.querySelector(selector)"
PRESS_BY_SCRIPT = """([selector, smid]) => {
  const element = document.querySelector(selector);
  element.click();
  element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  const form = element.closest('form');
  if (form && form.requestSubmit && form.matches('[data-ak-unsub]')) form.requestSubmit();
  if (typeof AkUnsub === 'function') {
    try { Promise.resolve(new AkUnsub().confirmUnsub(smid)).catch(() => 0); } catch (e) { }
  }
}"""
LIVE_LINES = """(paths) => paths.map((path) => document.querySelector(path)).filter(Boolean)
  .flatMap((one) => one.innerText.split('\\n')).map((line) => line.trim()).filter(Boolean)"""
