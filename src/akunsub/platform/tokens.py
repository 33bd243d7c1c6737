"""Comparing tokens, in one place."""

from __future__ import annotations

import hashlib
import hmac


def is_same_token(given: str, expected: str) -> bool:
    """
    Is *given* the token? It takes the same time whatever is wrong with it, its length included.

    Args:
        given: As it came; any text.
        expected: The right one.
    """
    # compare_digest alone tells the length.
    return hmac.compare_digest(_digest(given), _digest(expected))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
