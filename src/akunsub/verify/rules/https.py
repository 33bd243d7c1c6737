"""Outside one's own machine everything is sent over https."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    addresses = [evidence.plan.url, *(one.url for one in evidence.requests())]
    for host in dict.fromkeys(filter(None, map(_in_clear, addresses))):
        yield Finding(f"http://{host} is asked in clear")


def _in_clear(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_here = host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")
    return "" if parts.scheme != "http" or is_here else parts.netloc


RULE = Rule(
    id="https",
    group="private",
    level="error",
    title="Outside one's own machine everything is sent over https.",
    why="Anybody on the way can read the smid, and change the script.",
    source="https://developer.mozilla.org/en-US/docs/Web/Security/Mixed_content",
    fix="Write https:// in the script's address, and serve the page over https.",
    check=_check,
)
