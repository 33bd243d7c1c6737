"""
The headers by which a mail program offers to unsubscribe: List-Unsubscribe and its companions.

Pure. Sources: RFC 2369, RFC 2919 (List-ID), RFC 8058 (one click), RFC 2047 (encoded words).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from email.header import Header
from email.utils import quote
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from akunsub.errors import UnknownMessageError
from akunsub.platform.ids import ResourceKey
from akunsub.platform.intents import nearest_word

if TYPE_CHECKING:
    from akunsub.platform.rules import Mode
    from akunsub.platform.settings import Settings


class Sender(Protocol):
    """What is asked of a resource, configured or stored."""

    @property
    def title(self) -> str: ...
    @property
    def mode(self) -> Mode: ...
    @property
    def list_unsubscribe(self) -> bool: ...


# A host and perhaps a port; a folder is possible behind a proxy. Nothing that could end the
# header's <…>, or the header.
_URL = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.\-]+)(:[0-9]{1,5})?(/[\w.~\-]+)*", re.A)
# RFC 5322, "atext" and spaces: all else in a phrase stands in quotes.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]*")
# Controls, halves of characters, line and paragraph separators, spaces.
_DROPPED = {"Cc", "Cs", "Zl", "Zp", "Zs"}
_LIST_ID_HOST = re.compile(r"[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)*")


@dataclass(frozen=True)
class Headers:
    """The headers of one message."""

    smid: str
    #: Name to value: all three, or none.
    headers: dict[str, str]
    #: Why there are none; None when there are.
    why_none: str | None

    def as_dict(self) -> dict[str, object]:
        """Return the fields, for JSON."""
        return asdict(self)


def describe_message(settings: Settings, smid: str, *, url: str) -> Headers:
    """
    Return the headers of a configured message.

    Raises:
        UnknownMessageError: There is none with this smid.
        ValueError: *url* is not the address of a host.
    """
    message = next((one for one in settings.messages if one.smid == smid), None)
    if message is None:
        raise UnknownMessageError(smid, nearest_word(smid, [one.smid for one in settings.messages]))
    key = ResourceKey(message.account_id, message.resource_id)
    resource = next(one for one in settings.resources if (one.account_id, one.resource_id) == key)
    return describe(smid, message.channel, resource, key, url=url)


def describe(smid: str, channel: str, resource: Sender, key: ResourceKey, *, url: str) -> Headers:
    """
    Return the headers of a message, or why it has none.

    In the mode "prevented" it has none: a button in the mail program that is then refused helps
    nobody, and RFC 8058 wants one that works. (What older messages still carry is refused.)

    Args:
        smid: The message's; checked.
        channel: The message's.
        resource: The message's, as configured or as stored.
        key: Its number, and its account's.
        url: See ``make_headers``.

    Raises:
        ValueError: *url* is not the address of a host.
    """
    made = make_headers(smid, resource.title, key, url=url)
    reason = None
    if channel != "email":
        reason = f"these are headers of an email; this is a message by {channel}"
    elif not resource.list_unsubscribe:
        reason = "the resource has list_unsubscribe = false"
    elif resource.mode == "prevented":
        reason = 'the resource has the mode "prevented"'
    return Headers(smid, {} if reason else made, reason)


def make_headers(smid: str, title: str, key: ResourceKey, *, url: str) -> dict[str, str]:
    """
    Return the headers of one message, name to value. The values are ASCII and have no line breaks.

    Args:
        smid: The message's; checked.
        title: The resource's; it may hold anything.
        key: The resource's.
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
    list_id = f"<resource-{key.resource_id}.account-{key.account_id}.{space}>"
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
