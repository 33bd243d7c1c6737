"""A call that fails, or is not answered, is sent again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from akunsub.verify.model import Finding, Rule
from akunsub.verify.visit import LATER_MS
from akunsub.verify.visits import install_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Route

    from akunsub.verify.evidence import Evidence

_STEPS = 30
_FAULTS = ("a 503", "no answer")


def _check(evidence: Evidence) -> Iterator[Finding]:
    from playwright.sync_api import Error

    evidence.check_press_sends()
    failed: list[Route] = []

    def fail_twice(route: Route) -> None:
        if len(failed) == len(_FAULTS):
            route.fallback()
            return
        failed.append(route)
        if len(failed) == 1:
            route.fulfill(status=503, headers={"Access-Control-Allow-Origin": "*"})

    with evidence.visit(on_call=fail_twice, before=install_clock) as seen:
        evidence.press(seen, call_s=0, say_s=0)
        for _ in range(_STEPS):
            seen.page.clock.fast_forward(LATER_MS // _STEPS)
            seen.page.wait_for_timeout(30)
            if arrived := seen.calls():
                break
        for route in failed[1:]:
            with suppress(Error):  # the page may have given it up
                route.abort()
    if failed and not arrived:
        fault = _FAULTS[len(failed) - 1]
        yield Finding(f"after {fault} nothing comes any more", **evidence.place())


RULE = Rule(
    id="tried-again",
    group="clicks are not lost",
    level="error",
    title="A call that fails, or is not answered, is sent again.",
    why="Servers are restarted and networks drop: the person has pressed, and believes it is done.",
    source="https://github.com/altcraft/android-sdk",
    fix=(
        "Use confirmUnsub, which goes on trying; in code of your own, try again on 5xx and on "
        "silence."
    ),
    check=_check,
)
