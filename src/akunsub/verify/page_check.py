"""Checks one page: every rule, in one engine after another."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from akunsub.verify.deadline import Deadline
from akunsub.verify.endpoint import Endpoint, running_endpoint
from akunsub.verify.evidence import Evidence
from akunsub.verify.live import LiveEndpoint
from akunsub.verify.loading import UNREST, PageLostError, explain
from akunsub.verify.model import CannotTellError, PageReport, Result, judge
from akunsub.verify.survey import SMID, Survey, survey
from akunsub.verify.target import check_is_live
from akunsub.verify.visit import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from akunsub.verify.engines import Engine
    from akunsub.verify.interruption import Interruption
    from akunsub.verify.model import Rule
    from akunsub.verify.run import Options
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
        self._doing = ""
        self.report = PageReport(target.name, target.url, {}, [], {}, arguments=options.arguments())

    def run(self, engine: Engine, interruption: Interruption) -> bool:
        """
        Try every rule in *engine*; return whether that can be used for another page.

        Raises:
            KeyboardInterrupt: *interruption* was told to stop.
        """
        began = time.monotonic()
        self.report.engines[engine.name] = engine.version
        timeout_s = self._options.timeout_s
        with (
            Deadline(timeout_s, engine.kill) as deadline,
            interruption.calling(deadline.pass_now),
        ):
            reason = self._run(engine, deadline)
            is_running = engine.is_running()
        if deadline.has_passed:
            reason = f"stopped after {timeout_s:g} s (--timeout), while {self._doing}"
        elif not is_running:
            reason = f"{engine.name} ended by itself, while {self._doing}"
        if reason:
            self.report.unfinished[engine.name] = reason
        self.report.seconds[engine.name] = time.monotonic() - began
        return is_running

    def _run(self, engine: Engine, deadline: Deadline) -> str:
        """Try every rule; return why not, if not."""
        from playwright.sync_api import Error

        try:
            self._try_rules(engine, deadline)
        except (CannotTellError, PageLostError) as error:
            return str(error)
        except (Error, OSError) as error:
            return explain(error)
        except Exception as error:
            # Whatever comes from a browser that is gone.
            if engine.is_running():
                raise
            return str(error)
        return ""

    def _try_rules(self, engine: Engine, deadline: Deadline) -> None:
        self._doing = "it was opened for the first time"
        if self._survey is None:
            self._survey = survey(engine, self._url(SMID))
        with self._endpoint(self._survey) as (endpoint, smid, resource):
            plan = Plan(
                self._url(smid),
                smid,
                resource,
                self._options.mode,
                takes_screenshots=self._options.takes_screenshots,
            )
            evidence = Evidence(
                engine,
                endpoint,
                plan,
                confirm=self._options.confirm,
                cancel=self._options.cancel,
            )
            self.report.screenshots[engine.name] = evidence.screenshots
            # The evidence goes on filling it: what is in it stays if the end comes early.
            self.report.calls[engine.name] = evidence.calls
            losses = []
            for rule in self._rules:
                self._doing = f"{rule.id} was tried"
                result, is_lost = _judge(rule, engine.name, evidence)
                if deadline.has_passed or (result.status == "skipped" and not engine.is_running()):
                    return  # it says something of the browser, nothing of the page
                losses += [result.reason] if is_lost else []
                self.report.results.append(result)
                self._on_result(self._target, result)
                if UNREST in result.reason:
                    raise PageLostError(UNREST + result.reason.partition(UNREST)[2])
        if len(losses) == len(self._rules):
            raise PageLostError(f"no rule could be tried: {losses[0]}")

    def _url(self, smid: str) -> str:
        if self._options.is_live:
            return self._target.url  # it has somebody's
        return self._target.with_smid(self._options.smid_param, smid)

    @contextmanager
    def _endpoint(
        self, seen: Survey
    ) -> Iterator[tuple[Endpoint | LiveEndpoint, str, tuple[int, int]]]:
        """Give where calls arrive, the smid of the visits, and the page's resource."""
        if self._options.is_live:
            smid = check_is_live(self._target.url, self._options.smid_param)
            yield LiveEndpoint(), smid, seen.resource or (0, 0)
        else:
            with _own_endpoint(self._options.config, seen) as found:
                yield found


def _judge(rule: Rule, engine: str, evidence: Evidence) -> tuple[Result, bool]:
    """Return what *rule* says, and whether it could not be tried because the page did not stay."""
    from playwright.sync_api import Error

    try:
        return judge(rule, engine, evidence), False
    except PageLostError as error:
        reason = str(error)
    except (Error, OSError) as error:
        reason = explain(error)
    return Result(rule, engine, "skipped", reason=reason), True


@contextmanager
def _own_endpoint(
    config: Path | None, seen: Survey
) -> Iterator[tuple[Endpoint, str, tuple[int, int]]]:
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
