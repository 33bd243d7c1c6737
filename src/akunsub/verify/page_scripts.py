"""What is run on a page to see it, or to be the script that presses."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

Facts = dict[str, Any]


def _read(name: str) -> str:
    return files("akunsub.verify").joinpath(name).read_text(encoding="utf-8")


#: Gives ``Facts``.
FACTS = _read("page_facts.js")
#: For ``page.add_init_script``; what it noted is ``SEEN``.
RECORDER = _read("recorder.js")
SEEN = "window.__akunsubSeen || { sends: [], violations: [] }"
# What a person sees, line by line: hidden text is not in innerText.
VISIBLE_LINES = """() => (document.body ? document.body.innerText : '').split('\\n')
  .map((line) => line.trim()).filter(Boolean)"""

SCRIPT_URLS = "[...document.scripts].map((one) => one.src).filter(Boolean)"


HAS_FOCUS = "(element) => document.activeElement === element"
PRESS_BY_SCRIPT = """(element, smid) => {
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
