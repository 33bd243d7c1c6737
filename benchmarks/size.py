"""
What does a page pay for the script: bytes, time to evaluate, and memory?

``python -m benchmarks.size [--rounds 20]`` compares the built SDK with others' as npm has them.
Evaluation is measured in Chromium on a processor slowed down four times, in a new page each: the
browser's own trace event "EvaluateScript", which is what holds the page up. The next column is all
script time of the page's main thread until 50 ms later: ours opens the connection and looks into
the storage in a task of its own; of the others only the definitions have been run, not their
start. The memory is what it needs beyond a script that does nothing. It ends with 1 when ours is
larger or slower than promised.
"""

from __future__ import annotations

import argparse
import gzip
import json
from typing import TYPE_CHECKING, NamedTuple

import brotli
from playwright.sync_api import sync_playwright

from benchmarks import report
from benchmarks.laboratory.browser import launch
from benchmarks.laboratory.site import ISOLATED, SCRIPT, Site
from benchmarks.peers import PACKAGES, PEERS, npm, ours
from benchmarks.peers.sizes import NOT_ON_NPM, SCRIPTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

MAX_BROTLI_BYTES = 2_600
MAX_EVALUATION_MS = 2.0
CPU_SLOWDOWN = 4
OURS = "akunsub"
_PACKAGES = ("akunsub", "playwright", "brotli")

_EVALUATE = """(url) => new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.dataset.akPxlDomain = location.origin;
    script.dataset.akId = 'MXw3Mw==';
    script.onload = () => setTimeout(resolve, 50);
    script.onerror = reject;
    document.head.append(script);
})"""


class Evaluation(NamedTuple):
    """What one page paid."""

    evaluation_ms: float
    thread_ms: float
    heap_bytes: float


class Measured(NamedTuple):
    """One script: what it is, and what was found."""

    name: str
    code: bytes
    remark: str
    evaluations: list[Evaluation]

    def heap(self) -> float:
        return report.quartiles(one.heap_bytes for one in self.evaluations)[1]

    def facts(self, idle_heap: float) -> dict[str, object]:
        low, middle, high = report.quartiles(one.evaluation_ms for one in self.evaluations)
        thread = report.quartiles(one.thread_ms for one in self.evaluations)[1]
        return {
            "name": self.name,
            "raw_bytes": len(self.code),
            "gzip_bytes": len(gzip.compress(self.code, 9, mtime=0)),
            "brotli_bytes": len(brotli.compress(self.code, quality=11)),
            "evaluation_ms": {
                "q1": round(low, 3),
                "median": round(middle, 3),
                "q3": round(high, 3),
            },
            "all_script_ms": round(thread, 3),
            "heap_bytes": round(self.heap() - idle_heap),
            "remark": self.remark,
        }


def collect() -> list[Measured]:
    """Return all scripts, ours first; ours alone where npm cannot be used."""
    found = [Measured(OURS, ours.FILE.read_bytes(), "", [])]
    try:
        npm.install(PACKAGES)
    except npm.NpmError as error:
        report.say(f"without the others: {error}")
        return found
    for number, script in enumerate(SCRIPTS):
        code = npm.bundle(f"size-{number}", script.source, with_lazy=False)
        found.append(Measured(f"{script.name} {script.version}", code, script.remark, []))
    for peer in PEERS:
        source = peer.first_source or peer.source
        code = npm.bundle(f"size-{peer.key}", source, with_lazy=False)
        found.append(Measured(peer.title, code, peer.remark, []))
    return found


def evaluate(page: Page, home: str, script: str) -> Evaluation:
    """Evaluate *script* in a new page."""
    page.goto(home)
    session = page.context.new_cdp_session(page)
    session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
    session.send("Performance.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})

    def look() -> tuple[float, float]:
        session.send("HeapProfiler.collectGarbage")
        found = session.send("Performance.getMetrics")["metrics"]
        by_name = {one["name"]: one["value"] for one in found}
        thread_s = by_name["ScriptDuration"] + by_name["V8CompileDuration"]
        return thread_s * 1000, by_name["JSHeapUsedSize"]

    thread_ms, heap_bytes = look()
    browser = page.context.browser
    assert browser, "this Chromium has contexts"  # noqa: S101
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.evaluate(_EVALUATE, script)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    thread_after_ms, heap_after_bytes = look()
    evaluations = [
        event["dur"] / 1000
        for event in events
        if event["name"] == "EvaluateScript" and event["args"]["data"].get("url") == script
    ]
    (evaluation_ms,) = evaluations
    return Evaluation(evaluation_ms, thread_after_ms - thread_ms, heap_after_bytes - heap_bytes)


def measure(scripts: list[Measured], rounds: int) -> dict[str, str]:
    """Evaluate all *scripts* in turns, so that a busy moment hits all alike."""
    with sync_playwright() as playwright, Site(ISOLATED) as site:
        home = site.add("/", "<!doctype html><title>Size</title>")
        urls = [site.add(f"/{number}.js", one.code, SCRIPT) for number, one in enumerate(scripts)]
        with launch(playwright, "chromium") as engine:
            for turn in range(rounds + 1):
                for one, url in zip(scripts, urls, strict=True):
                    with engine.page() as page:
                        found = evaluate(page, home, url)
                    if turn:  # the first is for the browser to warm up
                        one.evaluations.append(found)
            return {"chromium": engine.version}


def main(argv: list[str] | None = None) -> int:
    """Measure, tell, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="pages for each script")
    options = parser.parse_args(argv)
    scripts = collect()
    nothing = Measured("nothing", b"window.start = 0;", "", [])
    versions = report.versions(*_PACKAGES) | measure([nothing, *scripts], options.rounds)
    figures = [one.facts(nothing.heap()) for one in scripts]
    figures[1:] = sorted(figures[1:], key=lambda one: one["brotli_bytes"])  # type: ignore[arg-type, return-value]
    report.say(_table(figures))
    for name, reason in NOT_ON_NPM.items():
        report.say(f"left out: {name} ({reason})")
    mine = figures[0]
    taken = mine["evaluation_ms"]["median"]  # type: ignore[index]
    is_kept = mine["brotli_bytes"] <= MAX_BROTLI_BYTES and taken <= MAX_EVALUATION_MS  # type: ignore[operator]
    report.say(
        f"{'kept' if is_kept else 'NOT KEPT'}: {mine['brotli_bytes']:,} bytes brotli, at most "
        f"{MAX_BROTLI_BYTES:,}; evaluated in {taken} ms, at most {MAX_EVALUATION_MS}"
    )
    report.write("size", {"figures": figures, "left_out": NOT_ON_NPM, "versions": versions})
    return 0 if is_kept else 1


def _table(figures: list[dict[str, object]]) -> str:
    rows: list[list[object]] = [
        ["bytes", "raw", "gzip -9", "brotli 11", "evaluated ms", "all script ms", "heap kB", ""]
    ]
    rows += [
        [
            one["name"],
            one["raw_bytes"],
            one["gzip_bytes"],
            one["brotli_bytes"],
            f"{one['evaluation_ms']['median']:.2f}",  # type: ignore[index]
            f"{one['all_script_ms']:.1f}",
            f"{one['heap_bytes'] / 1000:,.0f}",  # type: ignore[operator]
            one["remark"],
        ]
        for one in figures
    ]
    return report.table(rows, head=1)


if __name__ == "__main__":
    raise SystemExit(main())
