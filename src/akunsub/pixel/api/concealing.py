"""The API token is a secret, and everybody who rehearses reads the ledger."""

from __future__ import annotations

import re

_SHOWN_INSTEAD = "(the API token)"
_TOKEN = re.compile(
    r"""
      (?P<before>
          "token" \s* : \s* "        # JSON
        | <token> \s*                # XML
        | [?&] token=                # the query
        | ^Authorization: \s* \S+ \s+
      )
      (?P<token> (?: \\. | [^"<&\\\s] )+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def without_token(text: str) -> str:
    """Return *text* (a body, an address or a header) without the API token."""
    return _TOKEN.sub(rf"\g<before>{_SHOWN_INSTEAD}", text)
