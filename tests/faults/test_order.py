"""What a page says while a press is under way, and which of two presses wins."""

from __future__ import annotations

import pytest

from tests.browser.pages import logged
from tests.conftest import DELAYED
from tests.faults.fault import Fault
from tests.faults.visit import DONE, NOT_NOW, SAVED

KEPT = "done: subscribed"
# The older promise is given up as soon as there is a newer one.
CHANGED_MIND = ["sending", "sending", "failed: unreachable", KEPT]


def test_a_page_says_sending_until_the_server_has_stored_it(new_visit):
    with new_visit(Fault(kind="hold")) as visit:
        visit.open().press()
        visit.lane.wait(lambda lane: lane.requests)

        assert visit.told() == ["sending"]
        assert visit.stored() == []

        visit.lane.release()
        visit.wait_until_told(DONE)

        assert visit.told() == ["sending", DONE]
        visit.assert_stored_once()
        assert visit.told_at(DONE) >= visit.stored_at()


def test_a_page_says_sending_until_the_answer_is_there(new_visit):
    with new_visit(Fault(kind="hang")) as visit:
        visit.open().press()
        visit.wait_until_stored()

        assert visit.told() == ["sending"]

        visit.lane.release()
        visit.wait_until_told(DONE)
        visit.assert_stored_once()


def test_a_server_that_wants_a_long_pause_gets_it_and_the_page_says_so_at_once(new_visit):
    with new_visit(Fault(kind="status", status=429, retry_after="60")) as visit:
        visit.open().press().wait_until_told(SAVED)

        (request,) = visit.lane.requests
        assert visit.told_at(SAVED) - request["at"] < 10
        assert visit.has_way_out()


@pytest.mark.parametrize("storage", ["kept", "cleared"])
def test_the_newer_press_wins_though_the_older_arrives_later(lab, new_visit, storage):
    with new_visit(Fault(kind="hold", times=1), smid=lab.new_smid("Delayed")) as visit:
        visit.publish_both(script_id=DELAYED["id"]).open()
        visit.press("#b")
        visit.lane.wait(lambda lane: lane.requests)
        if storage == "cleared":
            visit.page.evaluate("localStorage.clear()")

        visit.press("#c")
        visit.wait_until_told(KEPT)
        visit.lane.release()
        visit.lane.wait(lambda lane: all(one["end"] for one in lane.requests))

        assert [(one["path"], one["fault"]) for one in visit.lane.requests] == [
            ("/unsub/confirm", "hold"),
            ("/unsub/cancel", "pass"),
        ]
        assert visit.told() == CHANGED_MIND
        assert visit.stored() == ["already", "superseded"]
        assert lab.endpoint.state(visit.smid)["status"] == "subscribed"
        assert not visit.is_kept()


def test_the_newer_press_wins_when_the_older_was_stored_unheard(lab, new_visit):
    with new_visit(Fault(kind="hang", times=1), smid=lab.new_smid("Delayed")) as visit:
        visit.publish_both(script_id=DELAYED["id"]).open()
        visit.press("#b")
        visit.wait_until_stored()

        visit.press("#c")
        visit.wait_until_told(KEPT)
        visit.lane.release()
        visit.lane.wait(lambda lane: all(one["end"] for one in lane.requests))

        assert visit.told() == CHANGED_MIND
        assert visit.stored() == ["ok", "ok"]
        assert lab.endpoint.state(visit.smid)["status"] == "subscribed"
        assert not visit.is_kept()


def test_a_press_that_was_taken_back_is_not_sent_again(lab, new_visit):
    fault = Fault(kind="status", times=1, retry_after="15")
    with new_visit(fault, smid=lab.new_smid("Delayed")) as visit:
        marker = f"fetch('{visit.lane.url}/unsub/state?smid=fMarker').then(() => log('marker', 0))"
        visit.publish_both(script_id=DELAYED["id"]).open()
        visit.press("#b").wait_until_answered()
        visit.press("#c").wait_until_told(KEPT)

        # What still waits does so no more: now, or not at all.
        visit.page.evaluate(f"dispatchEvent(new Event('online')), {marker}")
        logged(visit.page, "marker")

        assert [one["path"].partition("?")[0] for one in visit.lane.requests] == [
            "/unsub/confirm",
            "/unsub/cancel",
            "/unsub/state",
        ]
        assert visit.stored() == ["already"]


def test_an_older_press_left_by_an_earlier_visit_gives_way(lab, new_visit):
    """Kept by the visit before, pressed the other way on this one before it could be sent."""
    with new_visit(Fault(kind="down"), smid=lab.new_smid("Delayed")) as visit:
        visit.publish_both(script_id=DELAYED["id"]).open()
        visit.press("#b").leave().open()
        assert visit.is_kept()

        visit.press("#c")
        visit.lane.arm(Fault())
        visit.wait_until_told(KEPT)

        assert visit.stored() == ["already"]
        assert lab.endpoint.state(visit.smid)["status"] == "subscribed"
        assert not visit.is_kept()


# The endpoint has no such answer for one of two calls.
CANCEL_LATER = """
  const real = fetch;
  window.fetch = (url, ...rest) => url.endsWith('/cancel')
    ? Promise.resolve(new Response('', { status: 503, headers: { 'Retry-After': '60' } }))
    : real(url, ...rest);"""


def test_what_is_taken_back_while_an_earlier_visits_presses_are_delivered_is_not(lab, new_visit):
    """Not even when what takes it back has to wait."""
    other = lab.new_smid("Delayed")
    with new_visit(NOT_NOW, smid=lab.new_smid("Delayed")) as visit:
        first = f"""<button id="o" onclick="AkUnsub.confirmUnsub('{other}')
          .catch(() => log('kept', 0))">Another</button>"""
        visit.publish_both(extra=first, script=CANCEL_LATER, script_id=DELAYED["id"]).open()
        visit.press("#o")
        logged(visit.page, "kept")
        visit.press("#b").wait_until_told(SAVED)
        visit.leave().lane.arm(Fault(kind="hold"))
        visit.open().lane.wait(lambda lane: lane.requests[-1]["fault"] == "hold")

        visit.press("#c").wait_until_told(SAVED)
        visit.lane.release()
        logged(visit.page, "late")
        # Until all that was to be delivered is.
        visit.page.evaluate("navigator.locks.request('akunsub', () => 0)")

        assert [call["rule"] for call in lab.endpoint.actions(smid=other)] == ["ok"]
        assert visit.stored() == []
        assert visit.is_kept()


def test_the_same_categories_in_another_order_are_the_same_press(new_visit):
    with new_visit(Fault(kind="hold")) as visit:
        call = f"AkUnsub.confirmUnsub('{visit.smid}', %s).then((r) => log('done', r.categories))"
        buttons = "".join(
            f'<button id="{name}" onclick="{call % names}">{name}</button>'
            for name, names in (
                ("one", "['category_2', 'category_1']"),
                ("other", "['category_1', 'category_2']"),
            )
        )
        visit.publish(buttons).open()

        visit.press("#one").press("#other")
        visit.lane.release()

        assert logged(visit.page, "done", 2) == [["category_1", "category_2"]] * 2
        assert len(visit.lane.requests) == 1
        assert visit.stored() == ["ok"]
