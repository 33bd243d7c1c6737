"""The API token is a secret, and everybody who rehearses reads the ledger."""

from __future__ import annotations

import re

_SHOWN_INSTEAD = "(the API token)"
_TOKEN = re.compile(
    r"""
      ( "token" \s* : \s* " ) (?: \\. | [^"\\] )+     # JSON
    | ( <token> ) [^<]+                                  # XML
    | ( [?&] token= ) [^&]+                              # the query
    | ( ^Authorization: \s* \S+ \s+ ) .+
    """,
    re.VERBOSE | re.IGNORECASE,
)


def without_token(text: str) -> str:
    """Return *text* (a body, an address or a header) without the API token."""
    return _TOKEN.sub(lambda found: f"{found[found.lastindex or 0]}{_SHOWN_INSTEAD}", text)
