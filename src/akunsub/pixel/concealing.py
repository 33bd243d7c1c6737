"""
The API token is a secret, and everybody who rehearses reads the ledger.

A right one is known, and found wherever it stands. A wrong one may be another account's, so it is
looked for where tokens are sent.
"""

from __future__ import annotations

import re

_SHOWN_INSTEAD = "(the API token)"
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
