"""
How soon does a call appear in the inspector, and what does the inspector weigh?

``python -m benchmarks.inspector [--calls 50] [--pages 15]`` measures in Chromium from the moment at
which a client has its answer to the one at which the call is in the page, in the page's own clock,
which is the machine's. What the page weighs is everything that it loads, by brotli. Its first paint
is beside that of the plain demo page, in turns; so is its largest, as what comes first is not all
there is to see. At last the pages with 100,000 calls in the
database. It ends with 1 when a promise is not kept.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

import brotli
import httpx
from playwright.sync_api import sync_playwright
from sqlalchemy import insert, select

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.pixel.site import create_site
from akunsub.platform import tables
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from akunsub.verify import engines
from akunsub.verify.survey import SMID
from benchmarks import report

if TYPE_CHECKING:
    from pathlib import Path

    from akunsub.verify.engines import Engine

MAX_APPEARS_MS = 200
MAX_BROTLI_BYTES = 60_000
MAX_PAINT_RATIO = 1.2
_MANY = 100_000
_LOOKS = 5
_SEEN = """() => {
  window.seen = {};
  new MutationObserver((all) => {
    for (const one of all) for (const node of one.addedNodes) seen[node.id] = Date.now();
  }).observe(document.querySelector('#calls'), { childList: true });
}"""
# The largest is only known at the end: it is asked for in the second frame after the load.
_PAINTS = """() => new Promise((resolve) => {
  const found = {};
  const observe = (type, name) => new PerformanceObserver((list) => {
    for (const one of list.getEntries())
      if (!name || one.name === name) found[type] = one.startTime;
  }).observe({ type, buffered: true });
  observe('paint', 'first-contentful-paint');
  observe('largest-contentful-paint');
  const look = () => 'paint' in found && 'largest-contentful-paint' in found
    ? resolve([found.paint, found['largest-contentful-paint']]) : requestAnimationFrame(look);
  requestAnimationFrame(() => requestAnimationFrame(look));
})"""
_SEARCHES: dict[str, dict[str, str]] = {
    "the latest": {},
    "bad ones": {"verdict": "bad"},
    "of one smid": {"smid": SMID},
    "with a rare text": {"q": "fNobodyAtAll"},
}


def appears_ms(engine: Engine, url: str, count: int) -> list[float]:
    """Return how long after its answer each of *count* calls was in the page."""
    with engine.page() as page, httpx.Client(base_url=url, trust_env=False) as http:
        page.goto(f"{url}/_unsub/")
        page.locator("#live", has_text="Live").wait_for()
        page.evaluate(_SEEN)
        found = []
        for number in range(count):
            http.post("/unsub/confirm", data={"smid": f"fBenchmark{number}"})
            answered = time.time() * 1000
            call = http.get("/_unsub/calls", params={"smid": f"fBenchmark{number}"}).json()
            name = f"call-{call['calls'][-1]['id']}"
            page.locator(f"#{name}").wait_for(state="attached")
            found.append(page.evaluate("(name) => seen[name]", name) - answered)
        return found


def weight(url: str) -> dict[str, int]:
    """Return the bytes of what the inspector loads, compressed."""
    paths = ("/_unsub/", "/_static/inspector.css", "/_static/inspector.js")
    return {
        path: len(brotli.compress(httpx.get(url + path, trust_env=False).content, quality=11))
        for path in paths
    }


def paints_ms(
    engine: Engine, urls: dict[str, str], pages: int
) -> dict[str, dict[str, list[float]]]:
    """Return the first and the largest paints of each of *urls*, opened in turns."""
    found: dict[str, dict[str, list[float]]] = {
        which: {name: [] for name in urls} for which in ("first", "largest")
    }
    for _ in range(pages):
        for name, url in urls.items():
            with engine.page() as page:
                page.goto(url)
                first, largest = page.evaluate(_PAINTS)
                found["first"][name].append(first)
                found["largest"][name].append(largest)
    return found


def fill(store: Store, count: int) -> None:
    """Let there be *count* calls like the last one."""
    with store.write() as connection:
        row = connection.execute(
            select(tables.call).order_by(tables.call.c.id.desc()).limit(1)
        ).mappings()
        like = {name: value for name, value in row.one().items() if name != "id"}
        rows = [like | {"smid": f"fMany{number}"} for number in range(count)]
        connection.execute(insert(tables.call), rows)


def looks_ms(url: str) -> dict[str, float]:
    """Return what the endpoint takes for a page of each search, at the median."""
    found = {}
    for name, query in _SEARCHES.items():
        took = []
        for _ in range(_LOOKS):
            began = time.perf_counter()
            httpx.get(f"{url}/_unsub/", params=query, trust_env=False, timeout=60)
            took.append((time.perf_counter() - began) * 1000)
        found[name] = report.quartiles(took)[1]
    return found


def measure(folder: Path, calls: int, pages: int) -> dict[str, Any]:
    """Return all figures; the database is in *folder*."""
    from akunsub import assets

    store = Store(folder / "calls.db", load_sample(), pool_size=THREADS)
    with (
        Server(create_app(store)) as endpoint,
        Server(create_site(assets.folder("demo"), endpoint.url)) as site,
        sync_playwright() as playwright,
        engines.launch(playwright, "chromium") as engine,
    ):
        appears = appears_ms(engine, endpoint.url, calls)
        heavy = weight(endpoint.url)
        urls = {
            "inspector": f"{endpoint.url}/_unsub/",
            "demo page": f"{site.url}/index.html?smid={SMID}",
        }
        paints = {
            which: {name: report.quartiles(ms)[1] for name, ms in found.items()}
            for which, found in paints_ms(engine, urls, pages).items()
        }
        fill(store, _MANY)
        looks = looks_ms(endpoint.url)
        version = engine.version
    store.close()
    return {
        "appears_ms": report.quartiles(appears),
        "brotli_bytes": heavy,
        "paints_ms": paints,
        "looks_ms": looks,
        "chromium": version,
    }


def main() -> int:
    """Measure, print and keep it."""
    import tempfile
    from pathlib import Path

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--pages", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="akunsub-inspector-") as folder:
        found = measure(Path(folder), options.calls, options.pages)
    low, middle, high = found["appears_ms"]
    total = sum(found["brotli_bytes"].values())
    ratios = {which: ms["inspector"] / ms["demo page"] for which, ms in found["paints_ms"].items()}
    rows = [
        ("", "measured", "limit"),
        (
            "a call appears after its answer, ms (quartiles)",
            f"{middle:.0f} ({low:.0f}-{high:.0f})",
            MAX_APPEARS_MS,
        ),
        ("page with its calls, bytes brotli in all", total, MAX_BROTLI_BYTES),
        *(
            (
                f"{which} paint, ÷ the plain demo page's",
                f"{ratios[which]:.2f} ({ms['inspector']:.0f} ÷ {ms['demo page']:.0f} ms)",
                MAX_PAINT_RATIO if which == "first" else None,
            )
            for which, ms in found["paints_ms"].items()
        ),
        *(
            (f"{_MANY:,} calls, {name}, ms", round(ms), None)
            for name, ms in found["looks_ms"].items()
        ),
    ]
    report.say(report.table(rows))
    report.write("inspector", found | {"versions": report.versions("akunsub", "playwright")})
    kept = (
        middle <= MAX_APPEARS_MS
        and total <= MAX_BROTLI_BYTES
        and ratios["first"] <= MAX_PAINT_RATIO
    )
    report.say("kept" if kept else "NOT kept")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
