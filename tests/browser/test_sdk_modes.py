"""The SDK in the four modes, against the endpoint's own rules and clock."""

from __future__ import annotations

import pytest

from akunsub.verify.engines import press
from tests.browser.pages import button, logged, sdk_tag, watched
from tests.conftest import DELAYED, INSTANT, NOON, PREVENTED, PROFILE_ID


def open_buttons(page, site, endpoint, fields):
    """A page of the resource that *fields* are of, with one button for each method."""
    smid = fields["smid"]
    page.goto(
        site.add(
            sdk_tag(endpoint, query=f"?id={fields['id']}")
            + button(watched(f"AkUnsub.confirmUnsub('{smid}')"), "confirm")
            + button(watched(f"AkUnsub.cancelUnsub('{smid}')"), "cancel")
        )
    )


def outcome(status, *, already=False):
    return {
        "status": status,
        "already": already,
        "profile_id": PROFILE_ID,
        "categories": [],
        "seconds_left": 0,
    }


def test_delayed_a_confirm_can_be_taken_back(engine, page, site, endpoint):
    open_buttons(page, site, endpoint, DELAYED)

    press(engine, page, "#confirm")
    logged(page, "resolved")
    press(engine, page, "#cancel")

    assert logged(page, "resolved", 2) == [outcome("unsubscribed"), outcome("subscribed")]
    assert endpoint.state(DELAYED["smid"])["status"] == "subscribed"


@pytest.mark.parametrize(("after_s", "is_in_time"), [(1799, True), (1800, False)])
def test_delayed_to_the_second(engine, page, site, endpoint, after_s, is_in_time):
    endpoint.clock(now=NOON)
    open_buttons(page, site, endpoint, DELAYED)
    press(engine, page, "#confirm")
    logged(page, "resolved")
    endpoint.clock(advance_seconds=after_s)

    press(engine, page, "#cancel")

    if is_in_time:
        assert logged(page, "resolved", 2)[1] == outcome("subscribed")
    else:
        (error,) = logged(page, "rejected")
        assert (error["code"], error["error"]) == ("too_late", 410)
    stored = endpoint.state(DELAYED["smid"])["status"]
    assert stored == ("subscribed" if is_in_time else "unsubscribed")


def test_prevented_is_told_with_the_senders_reason(engine, page, site, endpoint):
    open_buttons(page, site, endpoint, PREVENTED)

    press(engine, page, "#confirm")
    logged(page, "rejected")  # a newer press would take the place of one under way
    press(engine, page, "#cancel")

    for error in logged(page, "rejected", 2):
        assert (error["code"], error["error"]) == ("prevented", 403)
        assert error["error_text"].startswith("The law asks us to send you these notices")
    assert endpoint.state(PREVENTED["smid"])["status"] == "subscribed"


def test_instant_a_confirm_says_whether_the_link_did_it_before(engine, page, site, endpoint):
    open_buttons(page, site, endpoint, INSTANT)

    press(engine, page, "#confirm")
    logged(page, "resolved")
    press(engine, page, "#confirm")

    first, second = logged(page, "resolved", 2)
    assert (first, second) == (outcome("unsubscribed"), outcome("unsubscribed", already=True))
