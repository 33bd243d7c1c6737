"""
Requests that no person made: what a browser fetches ahead of time.

Everything that may change something asks here first. Such a request changes nothing, in any mode,
and is recorded; the same request, when a person makes it, then does what it always does.
"""

from __future__ import annotations

from flask import request

from akunsub.errors import CallRefusedError

# Chromium and WebKit, older ones of them, older Firefox.
_PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Moz")


def is_prefetch() -> bool:
    """Did a browser ask for what nobody has opened yet?"""
    said = " ".join(request.headers.get(name, "") for name in _PREFETCH_HEADERS).lower()
    return "prefetch" in said or "prerender" in said


def refuse_prefetch() -> None:
    """
    Refuse a POST that a page made before anybody has seen it.

    Raises:
        CallRefusedError: ``prefetch``, to be tried again.
    """
    if is_prefetch():
        raise CallRefusedError(
            "prefetch",
            503,
            "the request was made ahead of time, before anybody saw the page: nothing was changed",
            fix="send it when the person presses the button",
        )
