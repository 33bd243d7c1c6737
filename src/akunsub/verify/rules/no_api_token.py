"""No API token is in the page or in what it sends."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence
    from akunsub.verify.visit import Asked

# As the API names it, in JSON, in script and in a form; rtoken is for pages.
_TOKEN = re.compile(
    r"""(?<![\w-])["']?(?:api_?)?token["']?\s*[:=]\s*["'][\w.~+/=-]{16,}["']"""
    r"""|name=["']token["'][^>]*value=["'][^"']{16,}["']""",
    re.IGNORECASE,
)


def _check(evidence: Evidence) -> Iterator[Finding]:
    opened = evidence.opened
    for name, text in [("the page", opened.html), *opened.scripts]:
        for found in _TOKEN.finditer(text):
            yield Finding(f"{name} has an API token", evidence=(found[0][:60],))
    for told in dict.fromkeys(filter(None, map(_in_request, evidence.requests()))):
        yield Finding(told)
    if opened.can_be_pressed:
        for call in evidence.confirmed.calls:
            if _has_token(call["request"]["body"] or ""):
                yield Finding("the call has a field token", **evidence.place())


def _has_token(body: str) -> bool:
    try:
        fields = json.loads(body)
    except ValueError:
        fields = parse_qs(body)
    return isinstance(fields, dict) and "token" in fields


def _in_request(asked: Asked) -> str:
    parts = urlsplit(asked.url)
    if "token" in parse_qs(parts.query):
        return f"a request to {parts.netloc}{parts.path} has token in its address"
    if re.match(r"/api/v\d", parts.path):
        return f"the page calls the server API: {parts.netloc}{parts.path}"
    return ""


RULE = Rule(
    id="no-api-token",
    group="private",
    level="error",
    title="No API token is in the page or in what it sends.",
    why="With it anybody can read and change every profile of the account.",
    source="https://guides.altcraft.com/en/user-guide/profiles-and-databases/66427",
    fix=(
        "Take it out and have it revoked: pages need id or rtoken, never token. Call the API "
        "from a server."
    ),
    check=_check,
)
