"""What goes wrong, and what the person does: the columns of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.faults.fault import Fault

#: Half a round trip between page and server in everything that follows. Without it, what is sent
#: on a click would be there before a tab can close.
WAY_MS = 20


@dataclass(frozen=True)
class Scenario:
    """
    One column.

    Attributes:
        name: One word.
        what: What happens, for people.
        fault: From just before the press on. It is gone on the revisit.
        offline_s: The browser is offline from before the press, for so long.
        leaves: What the person does right after the press; going online again comes after it.
        blocks_types: What a blocker drops when it goes to another site, as Playwright calls it.
        is_at_once: Promised of this SDK: it arrives without a revisit. All others promise it
            after one.
    """

    name: str
    what: str
    fault: Fault
    offline_s: float = 0
    leaves: Literal["stays", "navigates", "closes", "crashes"] = "stays"
    blocks_types: frozenset[str] = frozenset()
    is_at_once: bool = True

    @property
    def needs(self) -> frozenset[str]:
        """What an engine must not lack, see akunsub.verify.engines.gaps."""
        found = {"offline"} if self.offline_s else set()
        if self.leaves in {"closes", "crashes"}:
            found.add("multipage")
        if self.leaves == "crashes":
            found.add("cdp")
        return frozenset(found)


def _fault(kind: str = "pass", **facts: object) -> Fault:
    # What counts is the event: whether a preflight comes before it is the sender's own business.
    usual = {"delay_ms": WAY_MS, "spares_preflights": kind not in {"pass", "down", "black_hole"}}
    return Fault(kind=kind, **{**usual, **facts})  # type: ignore[arg-type]


SCENARIOS = (
    Scenario("ok", "nothing goes wrong", _fault()),
    Scenario(
        "drop2",
        "the connection is dropped for the first two requests",
        _fault("drop_before", times=2),
    ),
    Scenario("503x2", "the first two requests are answered 503", _fault("status", times=2)),
    Scenario(
        "429",
        "the first request is answered 429, Retry-After: 3",
        _fault("status", status=429, retry_after="3", times=1),
    ),
    Scenario("hang10", "the first answer hangs 10 s", _fault("hang", wait_s=10, times=1)),
    Scenario(
        "answer_lost",
        "the connection is dropped after the first event was stored",
        _fault("drop_after", times=1),
    ),
    Scenario(
        "portal",
        "a captive portal answers the first two requests: 200, a page that no script may read",
        _fault("captive_portal", times=2, cors=False),
    ),
    Scenario("slow", "a round trip takes 2 s", _fault(delay_ms=1000)),
    Scenario("down3", "the server is down for 3 s", _fault("down", for_s=3)),
    Scenario("blackhole3", "packets are dropped for 3 s", _fault("black_hole", for_s=3)),
    Scenario("offline3", "the browser is offline for 3 s", _fault(), offline_s=3),
    Scenario(
        "blocklist",
        "a blocker drops beacons and images that go to another site, as EasyPrivacy does",
        _fault(),
        blocks_types=frozenset({"ping", "image"}),
    ),
    Scenario("nav", "the person leaves the page on the click", _fault(), leaves="navigates"),
    Scenario("close", "the tab is closed on the click", _fault(), leaves="closes"),
    Scenario(
        "nav503",
        "the page is left on the click, and the first two requests are answered 503",
        _fault("status", times=2),
        leaves="navigates",
        is_at_once=False,
    ),
    Scenario(
        "close_down",
        "the tab is closed while the server is down",
        _fault("down", for_s=3),
        leaves="closes",
        is_at_once=False,
    ),
    Scenario(
        "crash_down",
        "the tab crashes while the server is down",
        _fault("down", for_s=3),
        leaves="crashes",
        is_at_once=False,
    ),
    Scenario(
        "offline_close",
        "offline, the tab is closed, online again",
        _fault(),
        offline_s=1,
        leaves="closes",
        is_at_once=False,
    ),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
