"""The smid goes to the pixel host and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from akunsub.verify.forwarding import is_for_pixel_host
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    sends = evidence.confirmed.sends if evidence.opened.can_be_pressed else []
    smid = evidence.plan.smid
    told = [one.url for one in evidence.requests() if smid in one.url]
    told += [one["url"] for one in sends if smid in one["body"]]
    for url in dict.fromkeys(url for url in told if _is_stranger(evidence, url)):
        yield Finding("the smid went to another host", evidence=(url,))


def _is_stranger(evidence: Evidence, url: str) -> bool:
    parts = urlsplit(url)
    is_own = url.startswith(f"{evidence.plan.origin}/")
    return parts.scheme in {"http", "https"} and not is_own and not is_for_pixel_host(url)


RULE = Rule(
    id="smid-private",
    group="private",
    level="error",
    title="The smid goes to the pixel host and to nobody else.",
    why="Anybody who has the smid can unsubscribe the person: it does not belong in statistics.",
    source="https://github.com/aptible/dashboard.aptible.com/pull/656",
    fix="Load nothing from other hosts on this page, or send them the address without its query.",
    check=_check,
)
