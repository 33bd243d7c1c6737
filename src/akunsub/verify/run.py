"""Checks pages: every page, in every engine."""

from __future__ import annotations

import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from akunsub.verify import engines
from akunsub.verify.crew import Crew
from akunsub.verify.interruption import Interruption
from akunsub.verify.page_check import PageCheck
from akunsub.verify.rules import all_rules
from akunsub.verify.target import Target, served

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from akunsub.verify.model import PageReport, Result
    from akunsub.verify.options import Options

# Each visit leaves Firefox ESR 153.7 with 9 MB more, and 0.1 % slower, until it is idle.
_PAGES_A_LAUNCH = 10
# More is no faster on two cores.
_CREW_SIZE = 2


def check(
    names: Sequence[str],
    options: Options,
    on_result: Callable[[Target, Result], None] = lambda _target, _result: None,
    on_page: Callable[[PageReport, str], None] = lambda _report, _engine: None,
) -> list[PageReport]:
    """
    Check pages. What a page does cannot hold this up: see ``PageReport.unfinished``.

    A signal that asks the program to stop ends all browsers first, and then does what it does.

    Args:
        names: URLs, files, folders.
        options: How.
        on_result: Called with each result as it comes.
        on_page: Called when a page has been checked in an engine, whose name it gets.

    Raises:
        TargetError: One of *names* cannot be used.
        EngineMissingError: An engine that was asked for is not here.
    """
    # Playwright never ends the handling of a request whose page has gone, and asyncio says so.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    rules = [rule for rule in all_rules() if not options.rule_ids or rule.id in options.rule_ids]
    with Interruption() as interruption, served(names) as targets:
        checks = [PageCheck(target, options, rules, on_result) for target in targets]
        internet = any(not target.is_local for target in targets)
        # With --live there is one press, and little to do beside it.
        size = 1 if options.is_live or len(rules) == 1 else _CREW_SIZE
        for name in _wanted(options):
            launch = partial(Crew, name, size, internet=internet)
            waiting = deque(checks)
            while waiting:
                interruption.check()
                _check_some(launch, name, waiting, interruption, on_page)
        return [one.report for one in checks]


def _wanted(options: Options) -> Sequence[str]:
    found = [one.name for one in engines.find_all(headless_shell=True)]
    for name in options.engine_names or found or ["chromium"]:
        if name not in found:
            raise engines.EngineMissingError(name)
    return options.engine_names or found


def _check_some(
    launch: Callable[[], Crew],
    name: str,
    waiting: deque[PageCheck],
    interruption: Interruption,
    on_page: Callable[[PageReport, str], None],
) -> None:
    """Check the first pages that are *waiting*, as many as one launch of the engine is for."""
    from playwright.sync_api import Error

    try:
        crew = launch()
    except (Error, OSError) as error:
        interruption.check()
        while waiting:
            one = waiting.popleft()
            one.report.unfinished[name] = f"{name} does not start: {str(error).splitlines()[0]}"
            on_page(one.report, name)
        return
    with crew:
        for _ in range(min(_PAGES_A_LAUNCH, len(waiting))):
            one = waiting.popleft()
            is_running = one.run(crew, interruption)
            on_page(one.report, name)
            if not is_running:
                break
