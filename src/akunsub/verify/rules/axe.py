"""axe-core finds no violation on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.model import CannotTellError, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    violations = evidence.looked.violations
    if violations is None:
        raise CannotTellError("axe-core is more than WebKitGTK's inspector takes at once")
    for violation in violations:
        for node in violation["nodes"]:
            yield Finding(
                f"{violation['id']}: {violation['help']}",
                selector=" ".join(map(str, node["target"])),
                snippet=node["html"][:200],
                evidence=(violation["helpUrl"],),
            )


RULE = Rule(
    id="axe",
    group="people can",
    level="error",
    title="axe-core finds no violation on the page.",
    why="Each violation keeps somebody from leaving: people who cannot see, hear or use a mouse.",
    source="https://github.com/dequelabs/axe-core",
    fix="Each finding has the address of its own explanation.",
    check=_check,
)
