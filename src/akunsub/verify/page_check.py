"""Checks one page: every rule, in one engine after another."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from akunsub.verify.deadline import Deadline
from akunsub.verify.model import PageReport
from akunsub.verify.round import Round
from akunsub.verify.survey import SMID, Survey, survey
from akunsub.verify.taking_part import Shared, take_part
from akunsub.verify.visits import Notes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from akunsub.verify.crew import Crew
    from akunsub.verify.engines import Engine
    from akunsub.verify.interruption import Interruption
    from akunsub.verify.model import Result, Rule
    from akunsub.verify.once import Outcomes
    from akunsub.verify.options import Options
    from akunsub.verify.target import Target


class PageCheck:
    """
    One page.

    Attributes:
        report: What was found so far.
    """

    def __init__(
        self,
        target: Target,
        options: Options,
        rules: Sequence[Rule],
        on_result: Callable[[Target, Result], None],
    ) -> None:
        self._target = target
        self._options = options
        self._rules = rules
        self._on_result = on_result
        self._survey: Survey | None = None
        self.report = PageReport(target.name, target.url, {}, [], {}, arguments=options.arguments())

    def run(self, crew: Crew, interruption: Interruption) -> bool:
        """
        Try every rule with *crew*; return whether that can be used for another page.

        Raises:
            KeyboardInterrupt: *interruption* was told to stop.
        """
        began = time.monotonic()
        name, timeout_s = crew.name, self._options.timeout_s
        notes, rules = Notes(), Round(self._rules, partial(self._on_result, self._target))
        self.report.engines[name] = crew.version
        self.report.calls[name] = notes.calls
        self.report.screenshots[name] = notes.screenshots
        with (
            Deadline(timeout_s, crew.kill) as deadline,
            interruption.calling(deadline.pass_now),
        ):
            shared = Shared(
                self._target,
                self._options,
                rules,
                notes,
                survey=partial(self._seen, notes.outcomes),
                has_time=lambda: not deadline.has_passed,
            )
            crew.each(lambda engine: take_part(engine, shared))
            is_running = crew.is_running()
        self.report.results.extend(rules.results())
        reason = rules.why_unfinished()
        if deadline.has_passed:
            reason = f"stopped after {timeout_s:g} s (--timeout), while {rules.doing()}"
        elif not is_running:
            reason = f"{name} ended by itself, while {rules.doing()}"
        if reason:
            self.report.unfinished[name] = reason
        self.report.seconds[name] = time.monotonic() - began
        return is_running

    def _seen(self, outcomes: Outcomes, engine: Engine) -> Survey:
        """Return what the page is about; a page that did not open is opened by each engine."""
        if self._survey is None:
            self._survey = outcomes.of("survey", lambda: survey(engine, self._url()))
        return self._survey

    def _url(self) -> str:
        if self._options.is_live:
            return self._target.url
        return self._target.with_smid(self._options.smid_param, SMID)
