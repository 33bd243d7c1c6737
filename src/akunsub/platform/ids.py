"""
Identifiers: the script id, the resource token and the smid. Pure functions.

Their formats are not documented; they were derived from public samples, so all that is not needed
to tell one thing from another is left open.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import xxhash

from akunsub.errors import InvalidScriptIdError

#: Opaque on purpose: the platform does not say what a send message ID holds. 200 is ours.
SMID_PATTERN = r"^[A-Za-z0-9_.\-]{1,200}$"
#: 24 lower-case hexadecimal digits in real life; the documentation's examples have letters as well.
PROFILE_ID_PATTERN = r"^[A-Za-z0-9]{1,64}$"
#: A category's API name: Latin letters, digits, underscores; begins with a letter.
CATEGORY_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,99}$"
#: The numbers of accounts, resources and databases are below it.
END_OF_NUMBERS = 10**18

_SMID = re.compile(SMID_PATTERN)
_ENCODED = re.compile(r"[A-Za-z0-9+/]+")
_RTOKEN = re.compile(r"[1-9A-HJ-NP-Za-km-z]{11,12}-[0-9a-f]{16}")
_LEGACY_USMID = re.compile(
    r"([0-9a-f]{8})([0-9a-f]+)_([0-9a-f]+)_([0-9a-f]+)_([0-9a-f]+)_([0-9a-f]+)_[0-9a-f]+"
    r"\.([0-9a-f]{24})"
)
_SMID_KINDS = {"u": "USMID", "m": "ESMID", "f": "FSMID", "w": "SMID"}
_DECODED = re.compile(r"([1-9][0-9]{0,17})\|([1-9][0-9]{0,17})")


class ResourceKey(NamedTuple):
    """What a script id stands for."""

    account_id: int
    resource_id: int


@lru_cache(maxsize=1024)
def parse_script_id(script_id: str) -> ResourceKey:
    """
    Read the ``id`` of a script URL.

    Args:
        script_id: Base64 of ``account|resource``, padded with ``=`` (the documentation's form),
            with ``.`` (the form on the platform's other tags), or not at all.

    Raises:
        InvalidScriptIdError: It is something else, padding of the wrong length included.
    """
    bare = script_id.rstrip("=") if script_id.endswith("=") else script_id.rstrip(".")
    padding = len(script_id) - len(bare)
    if not _ENCODED.fullmatch(bare) or padding not in (0, -len(bare) % 4):
        raise InvalidScriptIdError(script_id)
    try:
        decoded = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidScriptIdError(script_id) from error
    match = _DECODED.fullmatch(decoded)
    # Another spelling of the same bytes (unused bits set) is not what anybody was given.
    if not match or format_script_id(int(match[1]), int(match[2])).rstrip("=") != bare:
        raise InvalidScriptIdError(script_id)
    return ResourceKey(int(match[1]), int(match[2]))


def format_script_id(account_id: int, resource_id: int) -> str:
    """Return the documentation's form: ``format_script_id(1, 73) == "MXw3Mw=="``."""
    return base64.b64encode(f"{account_id}|{resource_id}".encode()).decode("ascii")


def is_smid(value: str) -> bool:
    """Can *value* be a send message ID? Known or unknown, is the store's to say."""
    return bool(_SMID.fullmatch(value))


def smid_kind(smid: str) -> str:
    """
    Return which kind of send message ID it looks like, by its first letter.

    USMID (action hooks, web version), ESMID (Message-ID), FSMID (the most information), SMID (old
    platforms); "unknown" for any other, which is sent as it is.
    """
    return _SMID_KINDS.get(smid[:1], "unknown")


def resource_token_suffix(account_id: int, resource_id: int) -> str:
    """
    Return the part of a resource token after the dash: it says which resource it is of.

    xxHash64 of ``account_resource``, 16 hexadecimal digits. Not documented: derived from public
    tokens, so a difference is worth a warning and no more.
    """
    return xxhash.xxh64_hexdigest(f"{account_id}_{resource_id}".encode())


def is_token_of(rtoken: str, key: ResourceKey) -> bool | None:
    """Does *rtoken* look like this resource's? None when it does not look like a token at all."""
    if not _RTOKEN.fullmatch(rtoken):
        return None
    return rtoken.rpartition("-")[2] == resource_token_suffix(*key)


class LegacyUsmid(NamedTuple):
    """What a USMID of old platforms holds."""

    sent_at: datetime
    account_id: int
    campaign_id: int
    message_id: int
    db_id: int
    segment_id: int
    profile_id: str


def parse_legacy_usmid(smid: str) -> LegacyUsmid | None:
    """Take apart a USMID of old platforms, to explain it; None for any other smid."""
    match = _LEGACY_USMID.fullmatch(smid)
    if match is None:
        return None
    sent_at, account, campaign, message, db, segment = (
        int(part, 16) for part in match.groups()[:-1]
    )
    return LegacyUsmid(
        datetime.fromtimestamp(sent_at, UTC), account, campaign, message, db, segment, match[7]
    )
