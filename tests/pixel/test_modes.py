"""The four modes over the wire, on the endpoint's own clock."""

import pytest

from tests.conftest import DELAYED, INSTANT, NOON, PREVENTED, SCRIPT_ID, SMID, result


def confirm(endpoint, **fields):
    return endpoint.post("confirm", DELAYED | fields)


def cancel(endpoint, **fields):
    return endpoint.post("cancel", DELAYED | fields)


def status(endpoint, smid=DELAYED["smid"]):
    return endpoint.state(smid)["status"]


class TestDelayed:
    def test_confirm_unsubscribes_at_once_and_cancel_takes_it_back(self, endpoint):
        assert confirm(endpoint).json()["status"] == "unsubscribed"
        assert cancel(endpoint).json()["status"] == "subscribed"

    @pytest.mark.parametrize(("after_s", "code"), [(1799, None), (1800, "too_late")])
    def test_cancel_works_until_the_timer_is_over(self, endpoint, after_s, code):
        endpoint.clock(now=NOON)
        confirm(endpoint)
        endpoint.clock(advance_seconds=after_s)

        answer = cancel(endpoint)

        assert answer.json().get("code") == code
        assert answer.status_code == (410 if code else 200)
        assert status(endpoint) == ("unsubscribed" if code else "subscribed")

    def test_cancel_with_nothing_to_cancel_is_already(self, endpoint):
        answer = result(cancel(endpoint))

        assert (answer["status"], answer["already"]) == ("subscribed", True)

    def test_categories_are_left_and_kept_by_themselves(self, endpoint):
        left = result(confirm(endpoint, categories=["morning", "evening"]))
        kept = result(cancel(endpoint, categories="evening"))

        assert (left["status"], left["categories"]) == ("subscribed", ["evening", "morning"])
        assert (kept["status"], kept["categories"]) == ("subscribed", ["morning"])

    def test_cancel_of_a_category_can_be_too_late_and_changes_none(self, endpoint):
        endpoint.clock(now=NOON)
        confirm(endpoint, categories="morning")
        endpoint.clock(advance_seconds=1799)
        confirm(endpoint, categories="evening")
        endpoint.clock(advance_seconds=1)

        answer = cancel(endpoint, categories=["evening", "morning"])

        assert answer.json()["code"] == "too_late"
        assert endpoint.state(DELAYED["smid"])["categories"] == ["evening", "morning"]

    def test_a_late_retry_of_an_older_confirm_does_not_override_a_newer_cancel(self, endpoint):
        """Made first, delivered last; and the same the other way round."""
        endpoint.clock(now=NOON)
        cancel(endpoint)
        endpoint.clock(advance_seconds=60)
        late = confirm(endpoint, age_ms=61_000)
        orders = [(late.json()["status"], late.json()["already"])]
        assert endpoint.calls()[1]["rule"] == "superseded"

        endpoint.reset()
        endpoint.clock(now=NOON)
        confirm(endpoint)
        endpoint.clock(advance_seconds=1)
        in_order = cancel(endpoint)
        orders.append((in_order.json()["status"], True))

        assert orders == [("subscribed", True)] * 2

    def test_a_newer_confirm_counts_though_it_is_a_retry(self, endpoint):
        endpoint.clock(now=NOON)
        cancel(endpoint)
        endpoint.clock(advance_seconds=60)

        assert confirm(endpoint, age_ms=59_000).json()["status"] == "unsubscribed"

    def test_an_age_is_no_older_than_a_week(self, endpoint):
        """A year-old click is told as a week-old one: nobody's number reaches into the past."""
        assert confirm(endpoint, age_ms=31_536_000_000).json()["status"] == "unsubscribed"
        assert cancel(endpoint).json()["code"] == "too_late"


class TestPrevented:
    @pytest.mark.parametrize("action", ["confirm", "cancel"])
    def test_every_call_is_refused_with_the_reason(self, endpoint, action):
        answer = endpoint.post(action, PREVENTED)

        assert (answer.status_code, answer.json()["code"]) == (403, "prevented")
        assert answer.json()["error_text"].startswith("The law asks us to send you these notices")
        assert status(endpoint, PREVENTED["smid"]) == "subscribed"

    def test_without_a_reason_there_is_a_general_one(self, endpoint):
        endpoint.set_resource(75, reason=None)

        text = endpoint.post("confirm", PREVENTED).json()["error_text"]

        assert text == "this sender does not let people unsubscribe from these messages"


class TestInstant:
    def test_confirm_works_on_a_page_that_was_opened_without_the_link(self, endpoint):
        assert endpoint.post("confirm", INSTANT).json()["already"] is False
        assert endpoint.post("confirm", INSTANT).json()["already"] is True

    def test_cancel_is_refused(self, endpoint):
        assert endpoint.post("cancel", INSTANT).json()["code"] == "not_delayed"


class TestLockedCategory:
    def test_it_cannot_be_left_by_itself(self, endpoint):
        answer = endpoint.confirm(categories=["category_1", "orders"])

        assert (answer.status_code, answer.json()["code"]) == (403, "locked_category")
        assert endpoint.state()["categories"] == []

    def test_it_goes_with_the_whole_resource(self, endpoint):
        assert endpoint.confirm().json()["status"] == "unsubscribed"

    def test_all_others_can_be_left_and_the_subscription_stays(self, endpoint):
        names = ["cat_to_unsub", "category_1", "category_2"]

        answer = result(endpoint.confirm(categories=names))

        assert (answer["status"], answer["categories"]) == ("subscribed", names)


VERDICTS = [
    (
        "unknown smid",
        {"smid": SMID[:-1] + "B", "id": SCRIPT_ID},
        "unknown_smid",
        f"did you mean {SMID}?",
        {"smid": SMID, "id": SCRIPT_ID},
    ),
    (
        "unknown category",
        {"smid": SMID, "id": SCRIPT_ID, "categories": ["category_1", "categorie_2"]},
        "unknown_category",
        "did you mean category_2? resource 73 has: cat_to_unsub, category_1, category_2, orders",
        {"smid": SMID, "id": SCRIPT_ID, "categories": ["category_1", "category_2"]},
    ),
    (
        "locked category",
        {"smid": SMID, "id": SCRIPT_ID, "categories": ["category_1", "orders"]},
        "locked_category",
        "show it as a category that comes with the subscription",
        {"smid": SMID, "id": SCRIPT_ID, "categories": ["category_1"]},
    ),
    (
        "another resource",
        {"smid": SMID, "id": "MXwz"},
        "wrong_resource",
        "use the script tag of resource 73",
        {"smid": SMID, "id": SCRIPT_ID},
    ),
    (
        "no resource",
        {"smid": SMID},
        "missing_resource",
        "add ?id=… to the script's URL",
        {"smid": SMID, "id": SCRIPT_ID},
    ),
    (
        "nothing ticked",
        {"smid": SMID, "id": SCRIPT_ID, "categories": ""},
        "no_categories",
        "leave categories out to leave the resource as a whole",
        {"smid": SMID, "id": SCRIPT_ID},
    ),
]


class TestVerdict:
    @pytest.mark.parametrize(
        ("fields", "rule", "fix", "nearest"),
        [row[1:] for row in VERDICTS],
        ids=[row[0] for row in VERDICTS],
    )
    def test_a_bad_call_is_told_what_to_do_and_the_nearest_good_one(
        self, endpoint, fields, rule, fix, nearest
    ):
        answer = endpoint.post("confirm", fields)

        verdict = answer.json()["verdict"]
        assert verdict == {
            "verdict": "bad",
            "rule": rule,
            "wrong": answer.json()["error_text"],
            "fix": fix,
            "nearest": nearest,
        }
        header = answer.headers["x-unsub-verdict"]
        assert header.startswith(f"bad; rule={rule}; fix=")
        assert header.isascii()
        (call,) = endpoint.calls()
        assert (call["rule"], call["fix"], call["nearest"]) == (rule, fix, nearest)

    @pytest.mark.parametrize("row", VERDICTS, ids=[row[0] for row in VERDICTS])
    def test_the_nearest_good_call_is_good(self, endpoint, row):
        assert endpoint.post("confirm", row[4]).json()["error"] == 0

    def test_a_good_call_is_told_so(self, endpoint):
        answer = endpoint.confirm()

        assert answer.json()["verdict"] == {"verdict": "good", "rule": "ok"}
        assert answer.headers["x-unsub-verdict"] == "good; rule=ok"
        assert "X-Unsub-Verdict" in answer.headers["access-control-expose-headers"]

    def test_the_documentations_own_pair_is_a_warning_only(self, endpoint):
        """id 1|73 with the token of 1|4: legal, as the token wins, and worth a word."""
        answer = endpoint.post("confirm", {"smid": SMID, "rtoken": "2fHLS9YR9daS-a90b371eecc2952f"})

        assert answer.json()["error"] == 0
        (warning,) = answer.json()["verdict"]["warnings"]
        assert warning.startswith("rtoken does not end as a token of resource 73 does")

    def test_the_event_that_the_platform_would_register_is_kept(self, endpoint):
        endpoint.confirm(categories="category_1")
        endpoint.confirm()
        endpoint.confirm()

        assert [call["event"] for call in endpoint.calls()] == [None, "unsubscribed", None]
