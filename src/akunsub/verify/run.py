"""Checks pages: every rule, on every page, in every engine."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from akunsub.verify import engines
from akunsub.verify.endpoint import Endpoint, running_endpoint
from akunsub.verify.evidence import Evidence
from akunsub.verify.model import CannotTellError, PageReport, Result, judge
from akunsub.verify.rules import all_rules
from akunsub.verify.survey import SMID, Survey, survey
from akunsub.verify.target import Target, served
from akunsub.verify.visit import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from akunsub.verify.engines import Engine
    from akunsub.verify.model import Rule


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
    """

    engine_names: Sequence[str] = ()
    rule_ids: Sequence[str] = ()
    config: Path | None = None
    smid_param: str = "smid"
    confirm: str = ""


def check(
    names: Sequence[str],
    options: Options,
    on_result: Callable[[Target, Result], None] = lambda _target, _result: None,
) -> list[PageReport]:
    """
    Check pages.

    Args:
        names: URLs, files, folders.
        options: How.
        on_result: Called with each result as it comes.

    Raises:
        TargetError: One of *names* cannot be used.
        EngineMissingError: An engine that was asked for is not here.
        CannotTellError: A page does not load.
    """
    from playwright.sync_api import sync_playwright

    rules = [rule for rule in all_rules() if not options.rule_ids or rule.id in options.rule_ids]
    with served(names) as targets, sync_playwright() as playwright:
        wanted = options.engine_names or [one.name for one in engines.find_all(playwright)]
        if not wanted:
            raise engines.EngineMissingError("chromium")
        checks = [_PageCheck(target, options, rules, on_result) for target in targets]
        for name in wanted:
            with engines.launch(
                playwright, name, internet=any(not target.is_local for target in targets)
            ) as engine:
                for one in checks:
                    one.run(engine)
        return [one.report for one in checks]


class _PageCheck:
    """One page, in one engine after another."""

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
        self.report = PageReport(target.name, target.url, {}, [], {})

    def run(self, engine: Engine) -> None:
        """Try every rule in *engine*."""
        began = time.monotonic()
        if self._survey is None:
            url = self._target.with_smid(self._options.smid_param, SMID)
            self._survey = survey(engine, url)
        report = self.report
        report.engines[engine.name] = engine.version
        with _endpoint(self._options.config, self._survey) as (endpoint, smid, resource):
            plan = Plan(self._target.with_smid(self._options.smid_param, smid), smid, resource)
            evidence = Evidence(engine, endpoint, plan, confirm=self._options.confirm)
            for rule in self._rules:
                result = judge(rule, engine.name, evidence)
                report.results.append(result)
                self._on_result(self._target, result)
            report.calls[engine.name] = evidence.calls
        report.seconds[engine.name] = time.monotonic() - began


@contextmanager
def _endpoint(config: Path | None, seen: Survey) -> Iterator[tuple[Endpoint, str, tuple[int, int]]]:
    """Give an endpoint that has the page's resource, a smid, and the resource."""
    with ExitStack() as resources:
        if config is None:
            folder = resources.enter_context(TemporaryDirectory(prefix="akunsub-verify-"))
            config = Path(folder, "akunsub.toml")
            config.write_text(seen.as_settings(), encoding="utf-8")
        endpoint = resources.enter_context(running_endpoint(config))
        messages = endpoint.messages()
        known = [
            message
            for message in messages
            if seen.resource in {None, (message["account_id"], message["resource_id"])}
        ]
        if not known:
            raise CannotTellError(
                f"{config} has no [[messages]] for the resource {seen.resource} of the page's tag"
            )
        message = known[0]
        yield endpoint, message["smid"], (message["account_id"], message["resource_id"])
