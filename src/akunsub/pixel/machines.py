"""
Requests that no person made: what a browser fetches ahead of time, and known mail scanners.

Everything that may change something asks here first. Such a request changes nothing, in any mode,
and is recorded. The server APIs do not ask: their callers are machines, with a token.
"""

from __future__ import annotations

from akunsub.errors import CallRefusedError
from akunsub.pixel.calls import the_request, the_store

# Chromium and WebKit, older ones of them, older Firefox: as WSGI calls the headers.
_PREFETCH_HEADERS = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")


def is_prefetch() -> bool:
    """Did a browser ask for what nobody has opened yet?"""
    environ = the_request().environ
    said = " ".join([environ.get(name, "") for name in _PREFETCH_HEADERS]).lower()
    return "prefetch" in said or "prerender" in said


def is_suspected() -> bool:
    """Is the caller one that ``[event_ignore]`` names?"""
    # Anybody can write X-Forwarded-For: a person's call could be made to look like a scanner's.
    request = the_request()
    return the_store().settings.event_ignore.is_named(
        request.headers.get("User-Agent", ""), request.remote_addr
    )


def refuse_machines() -> None:
    """
    Refuse a POST that no person made.

    Raises:
        CallRefusedError: ``prefetch``, to be tried again, or ``suspected``.
    """
    if is_prefetch():
        raise CallRefusedError(
            "prefetch",
            503,
            "the request was made ahead of time, before anybody saw the page: nothing was changed",
            fix="send it when the person presses the button",
        )
    if is_suspected():
        raise CallRefusedError(
            "suspected",
            403,
            "the request comes from where mail scanners do: nothing was changed",
            fix="if a person sent it, mend [event_ignore] in akunsub.toml",
        )
