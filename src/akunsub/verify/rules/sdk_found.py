"""The page loads the script, and AkUnsub is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from akunsub.verify.locating import at
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence

_MODULE = re.compile(r"/ak_list_unsubscribe[\w.-]*\.mjs(\?|$)")


def _check(evidence: Evidence) -> Iterator[Finding]:
    facts = evidence.opened.facts
    if any(_MODULE.search(one.url) for one in evidence.opened.requests):
        return  # imported: such a page needs no window.AkUnsub
    if not facts["scripts"]:
        yield Finding("no <script src> names ak_list_unsubscribe")
    elif not facts["hasClass"]:
        yield Finding("the script did not define window.AkUnsub", **at(facts["scripts"][0]))


RULE = Rule(
    id="sdk-found",
    group="works",
    level="error",
    title="The page loads the script, and AkUnsub is there.",
    why="Without the class no press reaches the endpoint.",
    source="https://guides.altcraft.com/en/user-guide/profiles-and-databases/66427",
    fix=(
        "Load ak_list_unsubscribe.js with the id of the resource, from a host that the page's "
        "Content-Security-Policy allows."
    ),
    check=_check,
)
