"""
What does Python in the page cost the person who opens it?

``python -m benchmarks.python_page [--pages 10]`` opens the demo's page and the same page in Python
(MicroPython, from npm), in turns, each in a new profile of each engine, and tells when the page's
own logic was there: its script has run, Python says so. And the bytes of each, by brotli.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import brotli
from playwright.sync_api import sync_playwright

from akunsub import assets, python_runtime
from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.pixel.site import create_site
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from akunsub.verify import engines
from akunsub.verify.survey import SMID
from benchmarks import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.engines import Engine

_PAGES = {"JavaScript": "index.html", "Python": "pyscript.html"}
# Deferred scripts have run when this event begins; what Python does is seen as it is done.
_READY = {
    "JavaScript": "performance.getEntriesByType('navigation')[0].domContentLoadedEventStart",
    "Python": """new Promise((resolve) => {
      const look = () => document.documentElement.dataset.python === 'ready'
        ? resolve(performance.now()) : requestAnimationFrame(look);
      look();
    })""",
}


def ready_ms(engine: Engine, urls: dict[str, str], pages: int) -> dict[str, list[float]]:
    """Return when the logic of each page was there, *pages* times, in turns."""
    found: dict[str, list[float]] = {name: [] for name in urls}
    for _ in range(pages):
        for name, url in urls.items():
            with engine.page() as page:
                page.goto(url)
                found[name].append(page.evaluate(f"() => {_READY[name]}"))
    return found


def loaded_bytes(engine: Engine, urls: dict[str, str]) -> dict[str, int]:
    """Return the bytes of all that each page loads, by brotli."""
    found = {}
    for name, url in urls.items():
        bodies: dict[str, bytes] = {}
        with engine.page() as page:
            page.on("response", lambda answer, to=bodies: to.update({answer.url: answer.body()}))
            page.goto(url)
            page.evaluate(f"() => {_READY[name]}")
            page.wait_for_load_state("networkidle")
        found[name] = sum(len(brotli.compress(body, quality=11)) for body in bodies.values())
    return found


def measure(pages: int, urls: dict[str, str]) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """Yield the name and version of each engine, and its figures."""
    for name in engines.ENGINE_NAMES:
        with sync_playwright() as playwright, engines.launch(playwright, name) as engine:
            if name == "chromium":
                sizes = loaded_bytes(engine, urls)
                report.say(", ".join(f"{key}: {size:,} bytes" for key, size in sizes.items()))
            yield f"{name} {engine.version}", ready_ms(engine, urls, pages)


def main() -> int:
    """Measure, print and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10)
    options = parser.parse_args()
    more = {"runtime": python_runtime.fetch(), "sdk": assets.folder("sdk/python")}
    with TemporaryDirectory(prefix="akunsub-python-") as folder:
        store = Store(Path(folder, "calls.db"), load_sample(), pool_size=THREADS)
        with (
            Server(create_app(store)) as endpoint,
            Server(create_site(assets.folder("demo"), endpoint.url, more)) as site,
        ):
            urls = {name: f"{site.url}/{path}?smid={SMID}" for name, path in _PAGES.items()}
            found = dict(measure(options.pages, urls))
        store.close()
    rows = [("ready after, ms at the median (quartiles)", *_PAGES, "ratio")]
    for name, times in found.items():
        middles = {key: report.quartiles(values) for key, values in times.items()}
        shown = [f"{mid:.0f} ({low:.0f}-{high:.0f})" for low, mid, high in middles.values()]
        ratio = middles["Python"][1] / middles["JavaScript"][1]
        rows.append((name, *shown, f"{ratio:.1f}"))
    report.say(report.table(rows))
    report.write("python_page", {"ready_ms": found, "versions": report.versions("playwright")})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
