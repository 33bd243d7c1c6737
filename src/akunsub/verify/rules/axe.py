"""axe-core finds no violation on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from akunsub.verify.model import CannotTellError, Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    for violation in _violations(evidence):
        for node in violation["nodes"]:
            yield Finding(
                f"{violation['id']}: {violation['help']}",
                selector=" ".join(map(str, node["target"])),
                snippet=node["html"][:200],
                evidence=(violation["helpUrl"],),
            )


def _violations(evidence: Evidence) -> list[dict[str, Any]]:
    from axe_playwright_python.sync_playwright import Axe

    if (evidence.engine.kind, evidence.engine.name) == ("system", "webkit"):
        # 560 kB; WebKitGTK 2.50.6 hangs up on messages of more than 128 KiB.
        raise CannotTellError("axe-core is more than WebKitGTK's inspector takes at once")
    with evidence.visit(presses=False) as seen:
        found: list[dict[str, Any]] = Axe().run(seen.page).response["violations"]
        return found


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
