"""One row of the table: one sender through all scenarios, in a browser of its own."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from benchmarks import report
from benchmarks.laboratory import pages
from benchmarks.laboratory.browser import launch
from benchmarks.laboratory.collector import Collector
from benchmarks.laboratory.endpoint import Endpoint
from benchmarks.laboratory.scenarios import WAY_MS
from benchmarks.laboratory.schedule import run_side_by_side
from benchmarks.laboratory.site import Site
from benchmarks.laboratory.trial import Trial, run
from benchmarks.peers import ours
from tests.faults.client import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from akunsub.verify.engines import Engine
    from benchmarks.laboratory.scenarios import Scenario
    from benchmarks.laboratory.trial import Server
    from benchmarks.peers.sender import Sender


@dataclass(frozen=True)
class Setting:
    """How all rows are measured."""

    engine: str = "chromium"
    tries: int = 20
    side_by_side: int = 20


def measure(
    sender: Sender, scenarios: Sequence[Scenario], setting: Setting
) -> tuple[list[dict[str, Any]], str]:
    """Return the cell of each of *scenarios* that the engine can do, and the engine's version."""
    with ExitStack() as resources:
        playwright = resources.enter_context(sync_playwright())
        engine = resources.enter_context(launch(playwright, setting.engine))
        possible = [scenario for scenario in scenarios if not scenario.needs & engine.lacks]
        trials = [
            Trial(sender, scenario, f"mark{secrets.token_hex(8)}")
            for scenario in possible
            for _ in range(setting.tries)
        ]
        site = resources.enter_context(Site())
        server = resources.enter_context(_server(sender, [trial.mark for trial in trials]))
        proxy = resources.enter_context(FaultProxy())
        pages.publish_sender(site, sender)
        works = (_work(trial, engine, site, proxy, server) for trial in trials)
        run_side_by_side(works, at_most=setting.side_by_side)
        version = engine.version
    is_ours = sender is ours.SENDER
    return [_cell(scenario, trials, is_ours=is_ours) for scenario in possible], version


def _server(sender: Sender, marks: list[str]) -> Collector | Endpoint:
    return Endpoint(marks) if sender is ours.SENDER else Collector(sender.answers)


def _work(
    trial: Trial, engine: Engine, site: Site, proxy: FaultProxy, server: Server
) -> Iterator[float]:
    """Do *trial* on a lane of its own; a browser that fails is not the sender's fault."""
    from playwright.sync_api import Error

    lane = proxy.lane(server.url, delay_ms=WAY_MS)
    url = pages.publish(site, trial.sender, trial.scenario, trial.mark, lane.url)
    try:
        yield from run(trial, engine, url, lane, server)
    except Error as error:
        trial.broken = str(error).splitlines()[0]
        report.say(f"{trial.sender.key} {trial.scenario.name}: {trial.broken}")


def _cell(scenario: Scenario, all_trials: Sequence[Trial], *, is_ours: bool) -> dict[str, Any]:
    trials = [trial for trial in all_trials if trial.scenario is scenario]
    sound = [trial for trial in trials if not trial.broken]
    arrived = [trial for trial in sound if trial.arrivals]
    times = sorted(trial.taken_s for trial in sound if trial.is_delivered)
    return {
        "scenario": scenario.name,
        "tries": len(sound),
        "broken": len(trials) - len(sound),
        "delivered": sum(trial.is_delivered for trial in sound),
        "delivered_on_revisit": sum(trial.is_delivered_late for trial in sound),
        "lost": len(sound) - len(arrived),
        # What another's server would make of copies is not known here.
        "duplicates": sum(trial.duplicates for trial in arrived) if is_ours else None,
        "copies": sum(max(0, trial.received - 1) for trial in sound),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "median_s": round(report.quartiles(times)[1], 3) if times else None,
        "longest_s": round(times[-1], 3) if times else None,
    }
