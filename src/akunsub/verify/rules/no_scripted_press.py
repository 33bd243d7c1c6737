"""A press made by a script sends nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from akunsub.verify.model import CannotTellError, Finding, Rule
from akunsub.verify.page_scripts import PRESS_BY_SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence

_GUARD_OFF = re.compile(r"""data-ak-require-gesture=["']?false""")


def _check(evidence: Evidence) -> Iterator[Finding]:
    selector = evidence.selector()
    if "gestures" in evidence.engine.lacks:
        raise CannotTellError("this browser is driven so that each look at a page is a gesture")
    with evidence.visit() as seen:
        seen.page.locator(selector).first.evaluate(PRESS_BY_SCRIPT, evidence.plan.smid)
        calls = seen.wait_for_call(evidence.notes.reaction_s)
    for call in calls:
        yield Finding(
            f"{call['action']} was sent by a script's press: {call['reason']}",
            **evidence.place(),
        )
    if _GUARD_OFF.search(evidence.opened.html) and not calls:
        yield Finding("the page turns the guard off", evidence=("data-ak-require-gesture",))


RULE = Rule(
    id="no-scripted-press",
    group="machines cannot",
    level="error",
    title="A press made by a script sends nothing.",
    why="Scanners run a page's script and press what they find, to see what is behind it.",
    source="https://github.com/alphagov/notifications-admin/pull/5203",
    fix="Leave require_gesture as it is; in handlers of your own, look at event.isTrusted.",
    check=_check,
)
