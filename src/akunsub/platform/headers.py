"""
The headers by which a mail program offers to unsubscribe: List-Unsubscribe and its companions.

Pure. Sources: RFC 2369, RFC 2919 (List-ID), RFC 8058 (one click), RFC 2047 (encoded words).
"""

from __future__ import annotations

import re
import unicodedata
from email.header import Header
from email.utils import quote
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from akunsub.platform.rules import Mode

# A host and perhaps a port; a folder is possible behind a proxy. Nothing that could end the
# header's <…>, or the header.
_URL = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.\-]+)(:[0-9]{1,5})?(/[\w.~\-]+)*", re.A)
# RFC 5322, "atext" and spaces: all else in a phrase stands in quotes.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]*")
# Controls, halves of characters, line and paragraph separators, spaces.
_DROPPED = {"Cc", "Cs", "Zl", "Zp", "Zs"}
_LIST_ID_HOST = re.compile(r"[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)*")


def why_none(*, mode: Mode, list_unsubscribe: bool, channel: str) -> str | None:
    """
    Return why a message has none of these headers; None when it has them.

    In the mode "prevented" it has none: a button in the mail program that is then refused helps
    nobody, and RFC 8058 wants one that works. (What older messages still carry is refused.)
    """
    if channel != "email":
        return f"it is a message by {channel}, and these are headers of an email"
    if not list_unsubscribe:
        return "the resource has list_unsubscribe = false"
    if mode == "prevented":
        return 'the resource has the mode "prevented"'
    return None


def describe(
    *,
    smid: str,
    channel: str,
    mode: Mode,
    list_unsubscribe: bool,
    title: str,
    account_id: int,
    resource_id: int,
    url: str,
) -> dict[str, object]:
    """
    Return the headers of a message for JSON, and why there are none where there are none.

    Args:
        smid: The message's.
        channel: The message's.
        mode: The resource's.
        list_unsubscribe: The resource's.
        title: The resource's.
        account_id: The resource's.
        resource_id: The resource's.
        url: See ``make_headers``.

    Raises:
        ValueError: *url* is not the address of a host.
    """
    made = make_headers(
        smid=smid, title=title, account_id=account_id, resource_id=resource_id, url=url
    )
    reason = why_none(mode=mode, list_unsubscribe=list_unsubscribe, channel=channel)
    return {"smid": smid, "headers": {} if reason else made, "why_none": reason}


def make_headers(
    *, smid: str, title: str, account_id: int, resource_id: int, url: str
) -> dict[str, str]:
    """
    Return the headers of one message, name to value. The values are ASCII and have no line breaks.

    Args:
        smid: The message's; checked.
        title: The resource's; it may hold anything.
        account_id: The resource's.
        resource_id: The resource's.
        url: Of the pixel host, ``https://pxl.example.com``. RFC 8058 asks for https.

    Raises:
        ValueError: *url* is not the address of a host.
    """
    base = url.rstrip("/")
    if not _URL.fullmatch(base):
        raise ValueError(f"{url[:100]!r} is not the address of a host: https://pxl.example.com")
    host = urlsplit(base).hostname or ""
    # RFC 2919 section 2: "localhost" is the name for a list without a domain.
    space = host if _LIST_ID_HOST.fullmatch(host) else "localhost"
    list_id = f"<resource-{resource_id}.account-{account_id}.{space}>"
    return {
        "List-Unsubscribe": f"<{base}/u/{smid}?via=list_unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-ID": f"{_phrase(title)} {list_id}".lstrip(),
    }


def _phrase(title: str) -> str:
    # Control characters include CR and LF: without them, no title can begin another header.
    kept = "".join(" " if unicodedata.category(one) in _DROPPED else one for one in title)
    text = " ".join(kept.split())
    # What looks like an encoded word would be decoded into something else.
    if not text.isascii() or "=?" in text:
        # RFC 2047 section 2: a word has at most 75 characters.
        return Header(text, "utf-8", maxlinelen=75).encode(linesep="")
    return text if _ATOMS.fullmatch(text) else f'"{quote(text)}"'
