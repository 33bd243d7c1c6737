"""What the browser keeps between visits: when it cannot, and when what is there is not ours."""

from __future__ import annotations

import html

import pytest

from tests.browser.pages import everything_logged, logged
from tests.faults.fault import Fault
from tests.faults.visit import DONE, NOT_NOW, SAVED, UNSAVED

NOTHING_TO_CANCEL = "failed: refused"
GETTER = "Object.defineProperty(window, 'localStorage', {get() { %s }, configurable: true})"
FULL = """
  for (let size = 1 << 20; size; size >>= 1) {
    try {
      for (let i = 0; i < 9; i++) localStorage[size + '.' + i] = 'x'.repeat(size);
    } catch (e) { /* full */ }
  }"""
NO_STORAGE = {
    "an opaque origin": ("", {"Content-Security-Policy": "sandbox allow-scripts"}),
    "full": (FULL, {}),
    "null": (GETTER % "return null;", {}),
    "undefined": (GETTER % "return undefined;", {}),
    "throws": (GETTER % "throw new Error('no');", {}),
}


@pytest.mark.parametrize("where", NO_STORAGE)
def test_without_storage_the_page_itself_goes_on(new_visit, where):
    """It says honestly that a later visit will not."""
    script, headers = NO_STORAGE[where]
    with new_visit(NOT_NOW) as visit:
        visit.publish(script=script, headers=headers).open()
        visit.press().wait_until_told(UNSAVED)
        assert visit.has_way_out()
        assert visit.stored() == []

        visit.lane.arm(Fault())
        visit.page.evaluate("dispatchEvent(new Event('online'))")

        visit.wait_until_late()
        visit.assert_stored_once()
        visit.press().wait_until_told(DONE)
        assert visit.stored() == ["ok", "already"]
        assert not {"error", "unhandled"} & set(everything_logged(visit.page))


FOREIGN = [
    "",
    "not JSON",
    "null",
    "5",
    '"text"',
    "{}",
    "[]",
    "[null, 1, [], {}]",
    '[{"made_at": "yesterday"}]',
    '{"made_at": 1, "length": 3}',
    '[{"made_at": 4e12}]',  # in 2096: not too old
]


def test_what_somebody_else_keeps_under_our_name_harms_nothing(new_visit):
    """One page for all of them: what was there when it loaded, and what is there at the press."""
    with new_visit() as visit:
        put = "".join(
            f'<button id="f{number}" data-text="{html.escape(text)}"'
            ' onclick="localStorage.akunsub = this.dataset.text">Put</button>'
            for number, text in enumerate(FOREIGN)
        )
        visit.publish(put).open()
        for number in range(len(FOREIGN)):
            visit.press(f"#f{number}")
            visit.open()
            visit.press().wait_until_told(DONE)
            assert visit.told() == ["sending", DONE]
            assert not {"error", "unhandled", "late"} & set(everything_logged(visit.page))

        assert visit.stored() == ["ok"] + ["already"] * (len(FOREIGN) - 1)
        assert len(visit.lane.requests) == len(FOREIGN)


def many(lab, count):
    smids = [lab.new_smid() for _ in range(count)]
    call = "AkUnsub.confirmUnsub('{}').catch(() => log('kept', 0))"
    calls = "; ".join(call.format(smid) for smid in smids)
    return smids, f'<button id="many" onclick="{calls}">Many</button>'


def late_smids(page, count):
    told = logged(page, "late", count)
    assert {(action, status) for action, _, status in told} == {("confirm", "unsubscribed")}
    return [smid for _, smid, _ in told]


def test_what_is_more_than_7_days_old_is_dropped(lab, new_visit):
    smids, button = many(lab, 4)
    with new_visit(NOT_NOW) as visit:
        visit.publish(button).open().press("#many")
        logged(visit.page, "kept", len(smids))
        # The last one is fresh: when it has been delivered, the others would have been.
        visit.page.evaluate(
            """() => {
              const kept = JSON.parse(localStorage.akunsub);
              kept[0].made_at -= 8 * 864e5;
              kept[1].made_at -= 7 * 864e5 + 6e4;
              kept[2].made_at -= 7 * 864e5 - 6e4;
              localStorage.akunsub = JSON.stringify(kept);
            }"""
        )
        visit.leave().lane.arm(Fault())

        visit.open()

        assert late_smids(visit.page, 2) == smids[2:]
        stored = [[call["rule"] for call in lab.endpoint.actions(smid=smid)] for smid in smids]
        assert stored == [[], [], ["ok"], ["ok"]]
        assert visit.page.evaluate("localStorage.akunsub") == "[]"


def test_the_newest_50_are_kept(lab, new_visit):
    smids, button = many(lab, 53)
    with new_visit(NOT_NOW) as visit:
        visit.publish(button).open().press("#many")
        logged(visit.page, "kept", len(smids))
        visit.leave().lane.arm(Fault())

        visit.open()

        assert late_smids(visit.page, 50) == smids[3:]
        arrived = [one["body"] for one in visit.lane.requests if one["reached"]]
        assert len(arrived) == 50
        assert {lab.endpoint.state(smid)["status"] for smid in smids[3:]} == {"unsubscribed"}


def test_a_page_that_empties_storage_takes_nothing_from_a_press_under_way(new_visit):
    with new_visit(Fault(kind="status", times=2)) as visit:
        visit.open().press()
        visit.wait_until_answered()
        visit.page.evaluate("localStorage.clear()")

        visit.wait_until_told(DONE)

        visit.assert_stored_once()


def test_what_is_not_kept_any_more_is_not_said_to_be(new_visit):
    with new_visit(Fault(kind="hold")) as visit:
        visit.open().press()
        visit.lane.wait(lambda lane: lane.requests)
        visit.page.evaluate("localStorage.clear()")

        visit.lane.arm(NOT_NOW)  # drops what is held; the next try is told to wait
        visit.wait_until_told(UNSAVED)

        assert visit.has_way_out()


def test_a_newer_press_that_does_not_fit_takes_the_older_ones_place(new_visit):
    """The next visit must not deliver what the person took back."""
    with new_visit(NOT_NOW) as visit:
        visit.publish_both(script=f"window.fill = () => {{ {FULL} }};").open()
        visit.press().wait_until_told(SAVED)
        visit.page.evaluate("fill()")
        visit.press("#c").wait_until_told(UNSAVED)
        visit.leave().lane.arm(Fault())

        visit.open()
        visit.press("#c").wait_until_told(NOTHING_TO_CANCEL)

        assert visit.stored() == ["not_delayed"]
        assert not visit.is_kept()


def test_what_is_saved_is_there_before_the_request(new_visit):
    """The press itself saves: a page that dies in the same moment has it."""
    script = """
      const real = fetch;
      window.fetch = (...call) => {
        log('at fetch', JSON.stringify(localStorage));
        return real(...call);
      };"""
    with new_visit(NOT_NOW) as visit:
        visit.publish(script=script).open().press().wait_until_told(SAVED)

        assert visit.smid in logged(visit.page, "at fetch")[0]
