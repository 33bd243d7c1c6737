"""One person's visits to an unsubscribe page: what the page told, what the server stored."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform.settings import Message
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from akunsub.verify.engines import press
from tests.browser.pages import everything_logged, logged, sdk_tag
from tests.conftest import SCRIPT_ID, Endpoint, Site, create_test_site
from tests.faults.fault import Fault
from tests.waiting import wait_until

if TYPE_CHECKING:
    from contextlib import ExitStack

    from tests.faults.client import FaultProxy, Lane

PAGE_SCRIPT = Path(__file__).with_name("page.js").read_text()
PEOPLE = 1000
WAIT_MS = 45_000
DONE = "done: unsubscribed"
SAVED = "failed: unreachable, saved"
UNSAVED = "failed: unreachable"
# So long that no attempt of this visit would come after it: told at once, where others take 20 s.
NOT_NOW = Fault(kind="status", retry_after="60")


class Lab:
    """The endpoint with people enough for every case, pages on another origin, the proxy."""

    def __init__(self, resources: ExitStack, database: str, proxy: FaultProxy) -> None:
        store = Store(database, _with_people(load_sample()), pool_size=THREADS)
        resources.callback(store.close)
        self.endpoint = Endpoint(resources.enter_context(Server(create_app(store))).url)
        resources.callback(self.endpoint.http.close)
        pages = {}
        site = resources.enter_context(Server(create_test_site(pages)))
        self.site = Site(site.url, pages)
        self._proxy = proxy
        self._numbers = itertools.count()

    def lane(self, fault) -> Lane:
        return self._proxy.lane(self.endpoint.url, fault)

    def new_smid(self, kind: str = "Confirm") -> str:
        return f"f{kind}{next(self._numbers)}"


def _with_people(settings):
    delayed_id = 74
    people = [
        Message(
            smid=f"f{kind}{number}",
            account_id=1,
            resource_id=resource_id,
            address=f"{kind}{number}@example.com",
            profile_id=f"{kind}{number}",
        )
        for kind, resource_id in (("Confirm", 73), ("Delayed", delayed_id))
        for number in range(PEOPLE)
    ]
    return settings.model_copy(update={"messages": (*settings.messages, *people)})


@dataclass
class Visit:
    """A page in a context of its own, about one smid, behind a lane of its own."""

    lab: Lab
    engine: object
    page: object
    lane: Lane
    smid: str
    url: str = ""
    #: When its fault began, seconds since the epoch.
    armed_at: float = 0

    def publish(self, extra: str = "", *, script="", headers=None, pxl="", script_id=SCRIPT_ID):
        """(Re)publish the page; its button #b asks for what the person wants."""
        attributes = f'data-ak-pxl-domain="{pxl or self.lane.url}"'
        tag = sdk_tag(self.lab.endpoint, attributes, query=f"?id={script_id}")
        confirm = f"tell(AkUnsub.confirmUnsub('{self.smid}'))"
        body = f"""<p id="status" role="status">idle</p>
          <button id="b" onclick="{confirm}">Unsubscribe</button>
          <a id="way-out" href="mailto:leave@example.com" hidden>Write to us</a>{extra}"""
        head = f"<script>{script}</script><script>{PAGE_SCRIPT}</script>{tag}"
        self.url = self.lab.site.add(body, head=head, path=f"/{self.smid}.html", headers=headers)
        return self

    def publish_both(self, extra: str = "", **options) -> Visit:
        """Publish the page with a button #c that takes it back."""
        cancel = f"tell(AkUnsub.cancelUnsub('{self.smid}'))"
        stay = f'<button id="c" onclick="{cancel}">Stay</button>'
        return self.publish(stay + extra, **options)

    def open(self) -> Visit:
        self.page.goto(self.url)
        return self

    def leave(self) -> Visit:
        self.page.goto("about:blank")
        return self

    def close_tab(self) -> None:
        """Close the page; its browser, with what it keeps, stays."""
        self.page.close()

    def open_tab(self) -> Visit:
        """Open the page in another tab of the same browser, which is a visit of its own."""
        return replace(self, page=self.page.context.new_page()).open()

    def press(self, selector: str = "#b") -> Visit:
        press(self.engine, self.page, selector)
        return self

    # What the page told.

    def wait_until_told(self, text: str) -> None:
        expect(self.page.locator("#status")).to_have_text(text, timeout=WAIT_MS)

    def wait_until_answered(self) -> Visit:
        """Wait until the page has got the answer to its request, whatever it makes of it."""
        requests = (
            "performance.getEntriesByType('resource').filter(e => e.name.includes('/unsub/'))"
        )
        wait_until(self.page, f"{requests}.length", timeout_s=WAIT_MS / 1000)
        return self

    def told(self) -> list[str]:
        """All that it showed since it was opened, in order."""
        return [text for text, _ in self._shown()]

    def told_at(self, text: str) -> float:
        return next(at / 1000 for shown, at in self._shown() if shown == text)

    def _shown(self) -> list[tuple[str, float]]:
        count = everything_logged(self.page).count("shown")
        return logged(self.page, "shown", count) if count else []

    def wait_until_late(self) -> None:
        """Wait until the page has told what came of an earlier visit, or of a press given up."""
        # Where a tab that is just dying still holds the lock, that is at the next try, after 30 s.
        lines = self.page.locator("#log li", has_text='["late",')
        expect(lines).to_have_count(1, timeout=WAIT_MS)
        assert logged(self.page, "late") == [["confirm", self.smid, "unsubscribed"]]
        assert self.told()[-1] == DONE
        assert self.told_at(DONE) >= self.stored_at()
        assert not self.has_way_out()

    def has_way_out(self) -> bool:
        return self.page.locator("#way-out").is_visible()

    def is_kept(self) -> bool:
        """Does this browser still hold what the person wants, in whatever form?"""
        stored = self.page.evaluate("JSON.stringify(localStorage)")
        return self.smid in stored

    # What the server stored.

    def stored(self) -> list[str]:
        """The verdicts on all that arrived about this person, in order."""
        return [call["rule"] for call in self.lab.endpoint.actions(smid=self.smid)]

    def wait_until_stored(self) -> None:
        assert self.lab.endpoint.calls(smid=self.smid, wait=20), self.lane.report()

    def stored_at(self) -> float:
        calls = self.lab.endpoint.calls(smid=self.smid)
        return next(_seconds(call["at"]) for call in calls if call["rule"] == "ok")

    def assert_stored_once(self) -> None:
        """One arrival with effect; all others were known to be the same."""
        rules = self.stored()
        assert rules.count("ok") == 1, rules
        assert set(rules) <= {"ok", "duplicate"}, rules
        assert self.lab.endpoint.state(self.smid)["status"] == "unsubscribed"


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
