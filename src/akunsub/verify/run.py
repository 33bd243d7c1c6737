"""Checks pages: every page, in every engine."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from akunsub.verify import engines
from akunsub.verify.interruption import Interruption
from akunsub.verify.page_check import PageCheck
from akunsub.verify.rules import all_rules
from akunsub.verify.target import Target, served

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from playwright.sync_api import Playwright

    from akunsub.verify.model import PageReport, Result


@dataclass(frozen=True)
class Options:
    """
    How pages are checked.

    Attributes:
        engine_names: Those that are here, if empty.
        rule_ids: All, if empty.
        config: An ``akunsub.toml`` that has the pages' resources; without it, what the page's own
            tag says is configured.
        smid_param: The parameter of the page's URL that holds the smid.
        confirm: Selector of what lets people leave; found by itself if empty.
        timeout_s: For one page in one engine. What is not done by then is not done at all.
        cancel: Selector of what lets people stay while a timer runs; found by itself if empty.
        mode: What the resource is put into; empty: its own.
        takes_screenshots: For a report that shows them.
        is_live: The page's own pixel host is asked, and the one press unsubscribes somebody.
    """

    engine_names: Sequence[str] = ()
    rule_ids: Sequence[str] = ()
    config: Path | None = None
    smid_param: str = "smid"
    confirm: str = ""
    timeout_s: float = 120.0
    cancel: str = ""
    mode: str = ""
    is_live: bool = False
    takes_screenshots: bool = False

    def arguments(self) -> tuple[str, ...]:
        """Return the arguments of the command that repeat this, but for engines and rules."""
        given = {
            "--config": str(self.config or ""),
            "--smid-param": "" if self.smid_param == "smid" else self.smid_param,
            "--confirm": self.confirm,
            "--cancel": self.cancel,
            "--mode": self.mode,
        }
        found = [part for name, value in given.items() if value for part in (name, value)]
        return (*found, "--live") if self.is_live else tuple(found)


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
    from playwright.sync_api import sync_playwright

    # Playwright never ends the handling of a request whose page has gone, and asyncio says so.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    rules = [rule for rule in all_rules() if not options.rule_ids or rule.id in options.rule_ids]
    with (
        Interruption() as interruption,
        served(names) as targets,
        sync_playwright() as playwright,
    ):
        checks = [PageCheck(target, options, rules, on_result) for target in targets]
        internet = any(not target.is_local for target in targets)
        for name in _wanted(playwright, options):
            waiting = deque(checks)
            while waiting:
                interruption.check()
                _check_while_it_runs(
                    playwright, name, waiting, interruption, on_page, internet=internet
                )
        return [one.report for one in checks]


def _wanted(playwright: Playwright, options: Options) -> Sequence[str]:
    found = [one.name for one in engines.find_all(playwright)]
    for name in options.engine_names or found or ["chromium"]:
        if name not in found:
            raise engines.EngineMissingError(name)
    return options.engine_names or found


def _check_while_it_runs(
    playwright: Playwright,
    name: str,
    waiting: deque[PageCheck],
    interruption: Interruption,
    on_page: Callable[[PageReport, str], None],
    *,
    internet: bool,
) -> None:
    """Check the pages that are *waiting*, as long as one launch of the engine lasts."""
    from playwright.sync_api import Error

    try:
        engine = engines.launch(playwright, name, internet=internet)
    except (Error, OSError) as error:
        interruption.check()
        while waiting:
            one = waiting.popleft()
            one.report.unfinished[name] = f"{name} does not start: {str(error).splitlines()[0]}"
            on_page(one.report, name)
        return
    with engine:
        while waiting:
            one = waiting.popleft()
            is_running = one.run(engine, interruption)
            on_page(one.report, name)
            if not is_running:
                break
