"""Reports made by hand: one page with all that can become of a rule, one that is clean."""

from __future__ import annotations

import struct
import zlib

from akunsub.verify.model import Finding, PageReport, Result, Rule, Screenshot

ENGINES = {"chromium": "156.0", "firefox": "153.7", "webkit": "2.50"}
#: What a page, its author or its visitors may have written, and what a report must only show.
HOSTILE = [
    "<script>document.title = 'hacked'</script>",
    "\"><img src='https://evil.example/x.png' onerror='document.title = 1'>",
    "</style></script></title></textarea><h1 id='hacked'>hacked</h1>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &amp; ]]>",
    "::error file=x::hacked\n::warning::hacked",
    "a\r\nb\rc 100%0A %25, d: e",
    "\x00\x1b[31mred\x1b[0m\x07 \x9b1m \ud83d \ufffe",
    "\u202egnp.exe שלום",
    "long" * 400,
]


def rule(name, *, group="works", level="error"):
    return Rule(
        id=name,
        group=group,
        level=level,
        title=f"The page keeps {name}.",
        why=f"Without {name} people stay.",
        source=f"https://example.org/{name}",
        fix=f"Write <meta name='{name}'>.",
        check=lambda _evidence: (),
    )


BROKEN = rule("broken")
MEND = rule("mend", group="private", level="warn")
LOOK = rule("look", group="people can")
KNOWN = rule("known", group="tells the truth")
HALF_KNOWN = rule("half-known", group="tells the truth")
SKIPPED = rule("skipped", group="robust")
KEPT = rule("kept")

BROKEN_FINDING = Finding(
    "the page says nothing",
    selector='main > button[type="submit"]',
    snippet='<button type="submit">Leave</button>',
    evidence=("first line", "second line"),
)
KNOWN_FINDING = Finding("long known", selector="h1", is_known=True)


def results(engine):
    return [
        Result(BROKEN, engine, "fail", (BROKEN_FINDING,)),
        Result(KEPT, engine, "pass"),
        Result(KNOWN, engine, "fail", (KNOWN_FINDING,)),
        Result(HALF_KNOWN, engine, "fail", (KNOWN_FINDING, Finding("new", selector="h2"))),
        Result(LOOK, engine, "review", (Finding("is this meant?", is_certain=False),)),
        Result(MEND, engine, "warn", (Finding("the policy is not set"),)),
        Result(SKIPPED, engine, "skipped", reason="there is no timer"),
    ]


def call(number=1, **changes):
    """A call as ``/_unsub/calls`` lists it."""
    return {
        "id": number,
        "at": "2026-11-26T08:54:34.072+00:00",
        "action": "confirm",
        "smid": "fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA",
        "categories": None,
        "resource_id": 73,
        "verdict": "good",
        "reason": "ok",
        "rule": "ok",
        "fix": None,
        "nearest": None,
        "warnings": [],
        "event": "unsubscribed",
        "request": {
            "method": "POST",
            "path": "/unsub/confirm",
            "headers": {"User-Agent": "Mozilla/5.0 (sample)"},
            "body": "smid=f",
        },
        "answer": {"status": 200, "body": "{}"},
    } | changes


def png(width=64, height=48):
    """A grey picture."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + b"\x99" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    )


def report(**changes):
    """A page with everything that can become of a rule, the same in three engines."""
    fields = {
        "target": "pages/leave now.html",
        "url": "http://127.0.0.1:46041/leave%20now.html",
        "engines": ENGINES,
        "results": [result for engine in ENGINES for result in results(engine)],
        "seconds": {"chromium": 12.345, "firefox": 20.0, "webkit": 31.5},
        "calls": {
            "chromium": [
                call(),
                call(
                    2,
                    verdict="bad",
                    rule="prevented",
                    reason="prevented: not now",
                    fix="show the reason",
                    categories=["news", "offers"],
                ),
            ]
        },
        "screenshots": {"chromium": [Screenshot("opened", png()), Screenshot("pressed", png())]},
        "arguments": ("--smid-param", "who is it"),
        "has_baseline": True,
    } | changes
    return PageReport(**fields)


def clean(**changes):
    """A page on which nothing is wrong."""
    fields = {
        "target": "https://shop.example/leave?a=1&b=2",
        "url": "https://shop.example/leave",
        "results": [Result(KEPT, engine, "pass") for engine in ENGINES],
    } | changes
    return report(**fields)


def unfinished(**changes):
    """A page on which Firefox stopped half way, and WebKit before its beginning."""
    fields = {
        "engines": {name: ENGINES[name] for name in ("chromium", "firefox")},
        "results": [*results("chromium"), *results("firefox")[:2]],
        "seconds": {"chromium": 12.345, "firefox": 3.0},
        "unfinished": {"firefox": "the page crashed", "webkit": "the page does not load"},
    } | changes
    return report(**fields)


def hostile(text):
    """A page on which everything that is not ours is *text*."""
    finding = Finding(text, selector=text, snippet=text, evidence=(text, text))
    return report(
        target=text,
        url=text,
        engines={"chromium": text},
        results=[
            Result(BROKEN, "chromium", "fail", (finding,)),
            Result(SKIPPED, "chromium", "skipped", reason=text),
        ],
        seconds={"chromium": 1.0},
        calls={
            "chromium": [
                call(
                    action=text,
                    smid=text,
                    categories=[text],
                    rule=text,
                    reason=text,
                    fix=text,
                    request={"headers": {"user-agent": text}},
                )
            ]
        },
        screenshots={"chromium": [Screenshot(text, png())]},
        unfinished={"chromium": text},
        arguments=("--confirm", text),
    )
