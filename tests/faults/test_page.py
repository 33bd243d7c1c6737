"""The page goes away on a press, or while it is being sent: nothing is lost, nothing done twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.pages import logged
from tests.faults.fault import Fault
from tests.faults.visit import DONE, NOT_NOW, SAVED

# Later: a press is over only when what it leads to has loaded, and some ways back load nothing.
LEFT = """<p id="left">Left</p>
  <button id="back" onclick="setTimeout(() => history.back(), 300)">Back</button>"""
# Playwright starts Chromium with --disable-back-forward-cache; its own builds: not measured.
CACHING = {("system", "firefox"), ("system", "webkit")}
WAYS_TO_LEAVE = {
    "link": '<a id="go" href="/left.html" onclick="{confirm}">Unsubscribe</a>',
    "location": """<button id="go" onclick="{confirm}; location = '/left.html'">…</button>""",
    "form": '<form action="/left.html"><button id="go" onclick="{confirm}">…</button></form>',
}


def publish_leaving(visit, way="link", **options):
    """A page whose #go asks for the same and leaves."""
    visit.lab.site.add(LEFT, path="/left.html")
    confirm = f"tell(AkUnsub.confirmUnsub('{visit.smid}'))"
    return visit.publish(WAYS_TO_LEAVE[way].format(confirm=confirm), **options)


def press_and_leave(visit):
    visit.open().press("#go")
    visit.page.locator("#left").wait_for()


def assert_next_visit_ends_it(visit):
    """Whether or not it has arrived before, and whether or not the browser knows."""
    visit.assert_stored_once()
    assert not visit.is_kept()


def come_back(visit):
    visit.lane.arm(Fault())
    visit.open().wait_until_late()
    assert_next_visit_ends_it(visit)


@pytest.mark.parametrize("way", WAYS_TO_LEAVE)
def test_leaving_on_the_press_loses_nothing(new_visit, way):
    # A request that a page takes with it when it goes never gets out of the black hole.
    with new_visit(Fault(kind="black_hole")) as visit:
        press_and_leave(publish_leaving(visit, way))
        visit.lane.wait(lambda lane: lane.requests).release()

        visit.wait_until_stored()
        # Nobody has heard the answer: the next visit asks again.
        come_back(visit)


def test_leaving_while_the_server_is_unwell_is_made_up_for(new_visit):
    with new_visit(NOT_NOW) as visit:
        press_and_leave(publish_leaving(visit))

        assert visit.lane.wait(lambda lane: lane.requests)
        assert visit.stored() == []
        come_back(visit)


def test_leaving_is_the_last_chance_on_this_page(new_visit):
    """What waits for another try does not wait any more, and needs no other visit."""
    fault = Fault(kind="status", times=1, retry_after="15")
    # It has read the answer and waits: until then, there is no last chance.
    script = """
      const listen = addEventListener;
      window.addEventListener = (type, ...rest) => {
        listen(type, ...rest);
        if (type === 'pagehide') log('waits', 0);
      };"""
    with new_visit(fault) as visit:
        visit.publish(script=script).open().press()
        logged(visit.page, "waits")
        assert visit.told() == ["sending"]

        # Not to about:blank: where Firefox (ESR 153) ends the process with the page, it forgets
        # what was begun in pagehide, three times of 16. Then the next visit makes up for it.
        visit.page.goto(visit.lab.site.add(LEFT, path="/left.html"))

        visit.wait_until_stored()
        _, last = visit.lane.requests
        assert last["at"] - visit.lane.requests[0]["at"] < 15
        visit.assert_stored_once()


@pytest.mark.needs("multipage")
def test_closing_the_tab_on_the_press_loses_nothing(new_visit):
    with new_visit(Fault(kind="black_hole")) as visit:
        visit.open().press().close_tab()
        visit.lane.wait(lambda lane: lane.requests).release()

        visit.wait_until_stored()
        again = visit.open_tab()

        again.wait_until_late()
        assert_next_visit_ends_it(again)


@pytest.mark.needs("multipage")
@pytest.mark.parametrize("fault", [NOT_NOW, Fault(kind="down")], ids=lambda fault: fault.kind)
def test_closing_the_tab_while_the_server_is_unwell_is_made_up_for(new_visit, fault):
    with new_visit(fault) as visit:
        visit.open().press().close_tab()

        assert visit.stored() == []
        visit.lane.arm(Fault())
        again = visit.open_tab()

        again.wait_until_late()
        assert_next_visit_ends_it(again)


def go_offline(visit):
    visit.page.context.set_offline(True)
    # What outlives its page is not bound to Playwright's word.
    visit.lane.arm(Fault(kind="down"))


def go_online(visit, context):
    visit.lane.arm(Fault())
    context.set_offline(False)


@pytest.mark.needs("offline")
def test_offline_is_waited_out(new_visit):
    with new_visit() as visit:
        go_offline(visit.open())
        visit.press()
        expect(visit.page.locator("#status")).to_have_text("sending")
        assert (visit.lane.requests, visit.stored()) == ([], [])

        go_online(visit, visit.page.context)
        visit.wait_until_told(DONE)

        assert len(visit.lane.requests) == 1
        assert_next_visit_ends_it(visit)


@pytest.mark.needs("offline")
def test_being_online_again_cuts_a_wait_short(new_visit):
    fault = Fault(kind="status", times=1, retry_after="15")
    with new_visit(fault) as visit:
        visit.open().press()
        visit.wait_until_answered()
        visit.page.context.set_offline(True)
        visit.page.context.set_offline(False)
        visit.wait_until_told(DONE)

        first, second = visit.lane.requests
        assert second["at"] - first["at"] < 15
        assert_next_visit_ends_it(visit)


@pytest.mark.needs("offline", "multipage")
def test_offline_closed_and_opened_again_is_made_up_for(new_visit):
    with new_visit() as visit:
        context = visit.page.context
        go_offline(visit.open())
        visit.press().close_tab()
        assert (visit.lane.requests, visit.stored()) == ([], [])
        go_online(visit, context)

        again = visit.open_tab()

        again.wait_until_late()
        assert_next_visit_ends_it(again)


def test_what_is_left_unsent_is_delivered_on_the_way_back(engine, new_visit):
    """Whether the page comes out of the back/forward cache or is loaded again."""
    with new_visit(NOT_NOW) as visit:
        # Of a page that comes out of the cache, Playwright sees nothing.
        persisted, told = f"{visit.smid}.persisted", f"{visit.smid}.told"
        script = f"""
          const tellServer = (name) =>
            fetch('{visit.lab.endpoint.url}/unsub/state?smid=' + name);
          addEventListener('pageshow', (e) => e.persisted && tellServer('{persisted}'));
          addEventListener('akunsub:result', (e) => setTimeout(() => {{
            const isDone = document.getElementById('status').textContent === '{DONE}';
            const isOver = isDone && document.getElementById('way-out').hidden;
            if (e.detail.late && isOver) tellServer('{told}');
          }}));"""
        visit.lab.site.add(LEFT, path="/left.html")
        visit.publish('<a id="leave" href="/left.html">Leave</a>', script=script)
        visit.open().press().wait_until_told(SAVED)
        visit.press("#leave").page.locator("#left").wait_for()
        visit.lane.arm(Fault())

        visit.press("#back")

        visit.wait_until_stored()
        if (engine.kind, engine.name) in CACHING:
            assert visit.lab.endpoint.calls(smid=persisted, wait=20)
        assert visit.lab.endpoint.calls(smid=told, wait=20)
        visit.assert_stored_once()


def test_a_page_that_stays_open_goes_on_by_itself(new_visit):
    """Every 30 s; the page's clock is moved."""
    with new_visit(NOT_NOW) as visit:
        visit.page.clock.install()
        visit.open().press().wait_until_told(SAVED)
        visit.lane.arm(Fault())

        visit.page.clock.fast_forward(30_000)

        visit.wait_until_late()
        assert_next_visit_ends_it(visit)


@pytest.mark.needs("multipage")
def test_two_tabs_at_once_deliver_one_request(new_visit):
    with new_visit(NOT_NOW) as visit:
        visit.open().press().wait_until_told(SAVED)
        visit.lane.arm(Fault(kind="hold"))
        visit.open()
        visit.lane.wait(held)

        other = visit.open_tab()
        had_its_chance(other)
        visit.lane.release()
        visit.wait_until_late()

        assert len(held(visit.lane)) == 1
        assert visit.stored() == ["ok"]
        assert_next_visit_ends_it(other)


@pytest.mark.needs("multipage")
def test_a_tab_opened_during_a_press_leaves_it_alone(new_visit):
    with new_visit(Fault(kind="hold")) as visit:
        visit.open().press()
        visit.lane.wait(lambda lane: lane.requests)

        other = visit.open_tab()
        had_its_chance(other)
        visit.lane.release()
        visit.wait_until_told(DONE)

        assert len(visit.lane.requests) == 1
        assert visit.stored() == ["ok"]
        assert not visit.is_kept()


def held(lane):
    return [one for one in lane.requests if one["fault"] == "hold"]


def had_its_chance(visit):
    """Wait until all locks that *visit* asked for were granted or not."""
    visit.page.evaluate("new Promise(setTimeout).then(() => navigator.locks.request('x', () => 0))")
