"""
The API token is a secret, and everybody who rehearses reads the ledger.

A right one is known, and found wherever it stands. A wrong one may be another account's, so it is
looked for where tokens are sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN_INSTEAD = "(the API token)"
_NOT_KEPT = "(not kept)"
# The pixel host gets the cookies of the shop's domain where it is below that.
_NEVER_KEPT = {"Cookie", "Proxy-Authorization"}
_TELLING = _NEVER_KEPT | {"Authorization"}
_TOKEN = re.compile(
    r"""
      ( "token" \s* : \s* " ) (?: \\. | [^"\\] )+     # JSON
    | ( <token \s* > \s* (?: <!\[CDATA\[ )? ) [^<]+           # XML
    | ( [?&] token= ) [^&]+                              # the query
    | ( ^Authorization: \s* \S+ \s+ ) .+
    """,
    re.VERBOSE | re.IGNORECASE,
)


def without_token(text: str, token: str | None) -> str:
    """
    Return *text* (a body, an address or a header) without the API token.

    Args:
        text: As it came.
        token: The right one, where there is one.
    """
    if token:
        text = text.replace(token, _SHOWN_INSTEAD)
    lowered = text.lower()
    # Nearly always neither, which is found much sooner.
    if "token" not in lowered and "authorization" not in lowered:
        return text
    return _TOKEN.sub(lambda found: f"{found[found.lastindex or 0]}{_SHOWN_INSTEAD}", text)


def kept_headers(headers: Iterable[tuple[str, str]], token: str | None) -> dict[str, str]:
    """
    Return what the ledger keeps of a request's headers, by name.

    Args:
        headers: As they came.
        token: The right one, where there is one.
    """
    said = dict(iter(headers))
    # Nearly always there is nothing to conceal, which is found much sooner in all of them.
    values = "\n".join(said.values())
    shown = without_token(values, token)
    if shown == values and not _TELLING & said.keys():
        return said
    return {name: _kept(name, value, token) for name, value in said.items()}


def _kept(name: str, value: str, token: str | None) -> str:
    if name in _NEVER_KEPT:
        return _NOT_KEPT
    shown = without_token(f"{name}: {value}", token).removeprefix(f"{name}: ")
    return _NOT_KEPT if name == "Authorization" and shown == value else shown
