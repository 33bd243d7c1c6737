"""
Wires a page to the endpoint: whatever it says about its pixel host is said about ours.

The text is only changed where it has to be, so that what runs is the page that was written.
"""

from __future__ import annotations

import html as html_text
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from akunsub.dev.policy import allow

#: Where what is ours is, on the pages' own origin.
OURS = "/_akunsub/"

_SDK = re.compile(r"/ak_list_unsubscribe[\w.-]*\.m?js$")
# import AkUnsub from "https://…/ak_list_unsubscribe.mjs"
_IMPORT = re.compile(r"""(?:https?:)?//[\w.:\[\]-]+/ak_list_unsubscribe[\w.-]*\.m?js[^"'\s<]*""")


@dataclass(frozen=True)
class Tag:
    """
    The SDK's tag on a page.

    Attributes:
        hosts: The pixel host's, with a port if it has one: where it is loaded from, and what
            ``data-ak-pxl-domain`` says. The page's own is not among them.
        script_id: As in ``data-ak-id`` or ``?id=``; empty: it has none.
        rtoken: As in ``data-ak-rtoken``; empty: it has none.
    """

    hosts: tuple[str, ...]
    script_id: str
    rtoken: str


@dataclass(frozen=True)
class Page:
    """
    What there is to know of a page to wire it.

    Attributes:
        tag: The SDK's; ``None``: it has none.
        categories: Values of its fields of that name.
        nonce: That its scripts have; empty: none.
        policies: Its Content-Security-Policies in meta tags, as they are written.
        start: Where the first thing can be put that is in its head.
    """

    tag: Tag | None
    categories: tuple[str, ...]
    nonce: str
    policies: tuple[str, ...]
    start: int


@dataclass
class Wires:
    """
    Where a site's pages are led.

    Attributes:
        endpoint: Origin of ours.
        sdk: URL of the SDK, for a page that has none.
        own_hosts: Of the pages' server: what is loaded from there stays.
        hosts: The pixel hosts that its pages were written for, as far as they were read.
    """

    endpoint: str
    sdk: str
    own_hosts: frozenset[str] = frozenset()
    hosts: set[str] = field(default_factory=set)

    def note(self, page: Page) -> None:
        """Note for which pixel host *page* was written."""
        if page.tag:
            self.hosts.update(set(page.tag.hosts) - self.own_hosts)

    def lead(self, text: str) -> str:
        """
        Return *text*, a page or a script, with the endpoint in the place of a pixel host's origin.

        A host without ``//`` before it stays: what a script makes of that, the browser leads.
        """
        return self._lead(text, "(?:https?:)?//")

    def allow(self, policy: str, origin: str, nonce: str) -> str:
        """
        Return a Content-Security-Policy that lets in what is ours.

        Args:
            policy: The page's.
            origin: Likewise.
            nonce: That our scripts have, where only those with one may run.
        """
        return allow(
            self._lead(policy, "(?:https?://)?"),
            ours=f"{origin}{OURS}",
            hosts=tuple(self.hosts),
            endpoint=self.endpoint,
            nonce=nonce,
        )

    def _lead(self, text: str, before: str) -> str:
        for host in tuple(self.hosts):  # another thread may note one meanwhile
            named = rf"(?<![\w.@:/-]){before}{re.escape(host)}(?![\w.:-])"
            text = re.sub(named, self.endpoint, text)
        return text


def read_page(html: str) -> Page:
    """Read the text of a page; of what is not ASCII nothing depends on which it is."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    return Page(
        reader.tag,
        tuple(dict.fromkeys(reader.categories)),
        reader.nonce,
        tuple(reader.policies),
        reader.start,
    )


def wire_page(
    html: str, page: Page, wires: Wires, *, origin: str, nonce: str, changes: int | None
) -> str:
    """
    Return the text of *page* for a browser.

    Args:
        html: The text that *page* was read from.
        page: What it says.
        wires: Where they lead.
        origin: The page's own.
        nonce: For our scripts, if the page's have none.
        changes: How often its files had changed before it was read; ``None``: it has none.
    """
    nonce_mark = marks = f'nonce="{html_text.escape(page.nonce or nonce)}"'
    if changes is not None:
        marks += f' data-changes="{changes}"'
    ours = f'<script src="{OURS}wired.js" data-endpoint="{wires.endpoint}" {marks}></script>'
    if page.tag is None:
        ours += f'<script src="{wires.sdk}" {nonce_mark}></script>'
    head, body = html[: page.start], html[page.start :]
    for policy in filter(None, page.policies):
        allowed = wires.allow(html_text.unescape(policy), origin, page.nonce or nonce)
        body = body.replace(policy, html_text.escape(allowed), 1)
    return head + ours + wires.lead(body)


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = [0]
        for line in text.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._text = text
        self.tag: Tag | None = None
        self.categories: list[str] = []
        self.nonce = ""
        self.policies: list[str] = []
        self.start = 0
        self._is_at_start = True

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002  the doctype
        if self._is_at_start:
            self.start = self._text.find(">", self._here()) + 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        after = self._here() + len(self.get_starttag_text() or "")
        if tag in {"html", "head"} and self._is_at_start:
            self.start = after
        else:
            self._is_at_start = False
        if tag == "script":
            self.nonce = self.nonce or named.get("nonce", "")
            if self.tag is None and _SDK.search(urlsplit(named.get("src", "")).path):
                self.tag = _tag(named["src"], named)
        elif tag == "meta" and named.get("http-equiv", "").lower() == "content-security-policy":
            self.policies.append(self._written("content"))
        elif tag == "input" and named.get("name") == "categories" and named.get("value"):
            self.categories.append(named["value"])

    def handle_data(self, data: str) -> None:
        if self.tag is None and self.cdata_elem == "script" and (found := _IMPORT.search(data)):
            self.tag = _tag(found[0], {})

    def _written(self, name: str) -> str:
        """Return an attribute of the present tag as the page has it."""
        text = self.get_starttag_text() or ""
        found = re.search(rf"""\b{name}\s*=\s*("[^"]*"|'[^']*')""", text, re.IGNORECASE)
        return found[1][1:-1] if found else ""


def _tag(src: str, attributes: dict[str, str]) -> Tag:
    parts = urlsplit(src)
    named = attributes.get("data-ak-pxl-domain", "")
    domain = urlsplit(named if "//" in named else f"//{named}").netloc
    return Tag(
        tuple(dict.fromkeys(filter(None, [domain, parts.netloc]))),
        attributes.get("data-ak-id") or parse_qs(parts.query).get("id", [""])[0],
        attributes.get("data-ak-rtoken", ""),
    )
