"""Nothing that a machine fetches from the page unsubscribes."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx

from akunsub.verify.forwarding import is_call
from akunsub.verify.live import NOT_LIVE
from akunsub.verify.model import CannotTellError, Finding, Rule
from akunsub.verify.visit import LOAD_TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence

_MACHINES: tuple[tuple[str, dict[str, str]], ...] = (
    ("HEAD", {}),
    ("GET", {}),
    ("GET", {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}),
)


def _check(evidence: Evidence) -> Iterator[Finding]:
    endpoint = evidence.endpoint
    if endpoint.is_live:
        raise CannotTellError(NOT_LIVE)
    addresses = _addresses(evidence)
    endpoint.reset()
    # The mode in which the link of the mail unsubscribes at once: nothing else may.
    endpoint.set_resource(*evidence.plan.resource, mode="instant")
    for method, headers in _MACHINES:
        for address in addresses:
            path = urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl()
            endpoint.fetch(method, path, headers)
    calls = endpoint.calls()
    evidence.notes.calls += calls
    for path in dict.fromkeys(call["request"]["path"] for call in calls):
        yield Finding("a machine that follows the page's links asks to unsubscribe", "", path)
    if endpoint.state(evidence.plan.smid)["status"] != "subscribed" and not calls:
        yield Finding("following the page's links unsubscribed", evidence=tuple(addresses))


def _addresses(evidence: Evidence) -> list[str]:
    """Return what a machine without script finds on the page that is for the pixel host."""
    url = evidence.plan.url
    found = _Links()
    try:
        with httpx.Client(follow_redirects=True, timeout=LOAD_TIMEOUT_S) as client:
            for method, headers in _MACHINES:
                answer = client.request(method, url, headers=headers)
                found.feed("" if method == "HEAD" else answer.text)
    except httpx.HTTPError as error:
        raise CannotTellError(f"the page cannot be fetched: {error}") from error
    absolute = dict.fromkeys(urljoin(url, link) for link in found.links)
    return [
        one
        for one in absolute
        if urlsplit(one).scheme in {"http", "https"}
        and (is_call(one) or evidence.is_for_sdk(one))
        and not urlsplit(one).path.endswith("js")
    ]


class _Links(HTMLParser):
    """Collects what a page names for a GET."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form" and (found.get("method") or "get").lower() == "post":
            return
        self.links += [
            value for name in ("href", "src", "action", "data") if (value := found.get(name))
        ]


RULE = Rule(
    id="safe-to-fetch",
    group="machines cannot",
    level="error",
    title="Nothing that a machine fetches from the page unsubscribes.",
    why=(
        "Scanners and prefetchers open every link and picture, without script, with HEAD and "
        "with GET."
    ),
    source="https://github.com/usesend/useSend/issues/412",
    fix="Let only a POST unsubscribe: a button of a form, or confirmUnsub.",
    check=_check,
)
