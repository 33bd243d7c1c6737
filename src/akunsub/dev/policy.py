"""A page's Content-Security-Policy, with what is ours added to it and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

_NONE = "'none'"


def allow(policy: str, *, ours: str, hosts: Sequence[str], endpoint: str, nonce: str = "") -> str:
    """
    Return *policy* with a way for our script, and for *endpoint* wherever a pixel host has one.

    What the policy forbids the pixel host, it goes on to forbid the endpoint: that is a defect to
    be seen.

    Args:
        policy: As in the header, or in the tag.
        ours: Where our script and what it asks for are, as a source.
        hosts: The pixel hosts.
        endpoint: Its origin, which the hosts' names have been replaced with already.
        nonce: Of our script; with 'strict-dynamic' no other source counts.
    """
    directives = _read(policy)
    for sources in directives.values():
        if any(_covers(source, host) for source in sources for host in hosts):
            sources.append(endpoint)
    for name in ("script-src", "script-src-elem", "connect-src"):
        if name not in directives and name != "script-src-elem" and "default-src" in directives:
            directives[name] = [*directives["default-src"]]
        if name in directives:
            directives[name] = [one for one in directives[name] if one != _NONE] + [ours]
        if "'strict-dynamic'" in directives.get(name, ()):
            directives[name].append(f"'nonce-{nonce}'")
    if "frame-ancestors" in directives:  # the page is shown in one of ours
        directives["frame-ancestors"] = ["'self'"]
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


def _read(policy: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *sources = part.split() or [""]
        if name:
            found.setdefault(name.lower(), sources)  # of two, browsers take the first
    return found


def _covers(source: str, host: str) -> bool:
    """Does *source*, which does not name *host* itself, let it in?"""
    if source in {"https:", "*"}:
        return True
    allowed = urlsplit(source).netloc if "://" in source else source
    return allowed.startswith("*.") and host.partition(":")[0].endswith(allowed[1:])
