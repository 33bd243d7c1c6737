"""What one browser does of the check of a page: it takes one rule after another."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from akunsub.verify.endpoint import Endpoint, asking
from akunsub.verify.evidence import Evidence
from akunsub.verify.live import LiveEndpoint
from akunsub.verify.loading import UNREST, PageLostError, explain
from akunsub.verify.model import CannotTellError, Result, judge
from akunsub.verify.serving import starting
from akunsub.verify.target import check_is_live
from akunsub.verify.visit import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from akunsub.verify.engines import Engine
    from akunsub.verify.model import Rule
    from akunsub.verify.options import Options
    from akunsub.verify.round import Round
    from akunsub.verify.survey import Survey
    from akunsub.verify.target import Target
    from akunsub.verify.visits import Notes


@dataclass(frozen=True)
class Shared:
    """
    What the browsers that look at a page together have in common.

    Attributes:
        target: The page.
        options: How it is checked.
        rules: Of which each takes the next.
        notes: What they have seen.
        survey: Tells what the page is about; the first that asks opens it for that.
        has_time: Is the page's time not up?
    """

    target: Target
    options: Options
    rules: Round
    notes: Notes
    survey: Callable[[Engine], Survey]
    has_time: Callable[[], bool]


def take_part(engine: Engine, shared: Shared) -> None:
    """
    Try rules until none is left, or the page is lost: then the round has ended with the reason.

    Args:
        engine: The browser, in the thread that launched it.
        shared: With the others.
    """
    from playwright.sync_api import Error

    try:
        _try_rules(engine, shared)
    except (CannotTellError, PageLostError) as error:
        shared.rules.end(str(error))
    except (Error, OSError) as error:
        shared.rules.end(explain(error))
    except Exception as error:
        shared.rules.end(str(error))
        # Whatever comes from a browser that is gone.
        if engine.is_running():
            raise


def _try_rules(engine: Engine, shared: Shared) -> None:
    options, rules = shared.options, shared.rules
    with _visited(engine, shared) as (endpoint, plan):
        evidence = Evidence(
            engine,
            endpoint,
            plan,
            shared.notes,
            confirm=options.confirm,
            cancel=options.cancel,
        )
        while rule := rules.take():
            result, is_lost = _judge(rule, engine.name, evidence)
            if not shared.has_time() or (result.status == "skipped" and not engine.is_running()):
                rules.end()  # it says something of the browser, nothing of the page
                return
            rules.add(result, is_lost=is_lost)
            if UNREST in result.reason:
                raise PageLostError(UNREST + result.reason.partition(UNREST)[2])


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
def _visited(engine: Engine, shared: Shared) -> Iterator[tuple[Endpoint | LiveEndpoint, Plan]]:
    """Give where calls arrive, and what is opened."""
    if shared.options.is_live:
        url = shared.target.url  # it has somebody's smid
        smid = check_is_live(url, shared.options.smid_param)
        resource = shared.survey(engine).resource or (0, 0)
        yield LiveEndpoint(), _plan(shared, url, smid, resource)
        return
    config = shared.options.config
    with starting(config=config or "-") as start:
        seen = shared.survey(engine)
        with asking(start.finish("" if config else seen.as_settings())) as endpoint:
            smid, resource = _known(endpoint, seen, config or "the settings")
            url = shared.target.with_smid(shared.options.smid_param, smid)
            yield endpoint, _plan(shared, url, smid, resource)


def _known(endpoint: Endpoint, seen: Survey, config: object) -> tuple[str, tuple[int, int]]:
    """Return a smid of the page's resource, and that."""
    for message in endpoint.messages():
        resource = (message["account_id"], message["resource_id"])
        if seen.resource in {None, resource}:
            return message["smid"], resource
    raise CannotTellError(
        f"{config} has no [[messages]] for the resource {seen.resource} of the page's tag"
    )


def _plan(shared: Shared, url: str, smid: str, resource: tuple[int, int]) -> Plan:
    options = shared.options
    return Plan(url, smid, resource, options.mode, takes_screenshots=options.takes_screenshots)
