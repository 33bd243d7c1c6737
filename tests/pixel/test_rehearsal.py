"""The movable clock, and changing a resource while it runs."""

from datetime import UTC, datetime, timedelta

import pytest

from akunsub.pixel.app import create_app
from akunsub.pixel.server import Server
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from tests.conftest import DELAYED, NOON, Endpoint


def shown(endpoint):
    return datetime.fromisoformat(endpoint.clock()["now"])


class TestClock:
    def test_it_is_real_by_default(self, endpoint):
        told = endpoint.clock()

        assert (told["is_real"], told["is_running"], told["ahead_seconds"]) == (True, True, 0)
        assert abs(datetime.fromisoformat(told["now"]) - datetime.now(UTC)) < timedelta(minutes=1)

    def test_it_is_moved_on_and_goes_on(self, endpoint):
        endpoint.clock(advance_seconds=1800)
        told = endpoint.clock(advance_seconds=0.5)

        assert (told["is_real"], told["is_running"]) == (False, True)
        assert told["ahead_seconds"] == pytest.approx(1800.5, abs=0.1)

    def test_it_stands_at_the_time_it_is_set_to_until_it_is_moved(self, endpoint):
        told = endpoint.clock(now="2026-11-23T15:00:00+03:00")

        assert (told["now"], told["is_running"]) == ("2026-11-23T12:00:00.000+00:00", False)
        assert endpoint.clock()["now"] == told["now"]
        assert endpoint.clock(advance_seconds=1)["now"] == "2026-11-23T12:00:01.000+00:00"

    def test_it_is_made_real_again(self, endpoint):
        endpoint.clock(now=NOON)

        assert endpoint.clock(real=True)["is_real"]
        assert abs(shown(endpoint) - datetime.now(UTC)) < timedelta(minutes=1)

    def test_reset_makes_it_real(self, endpoint):
        endpoint.clock(advance_seconds=1800)

        endpoint.reset()

        assert endpoint.clock()["is_real"]

    def test_calls_carry_its_time(self, endpoint):
        endpoint.clock(now=NOON)

        endpoint.confirm()

        assert endpoint.calls()[0]["at"] == "2026-11-23T12:00:00.000+00:00"

    def test_a_repeated_request_is_new_after_24_of_its_hours(self, endpoint):
        endpoint.clock(now=NOON)
        endpoint.confirm(request_id="r1")
        words = []

        for seconds in (86399, 1):
            endpoint.clock(advance_seconds=seconds)
            answer = endpoint.confirm(request_id="r1")
            words.append((answer.headers.get("duplicate-request"), answer.json()["already"]))

        assert words == [("true", False), (None, True)]

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ("{}", "send one of"),
            ('{"advance_seconds": 1, "real": true}', "send one of"),
            ('{"real": false}', "send one of"),
            ('{"advance_seconds": -1}', "advance_seconds: Input should be greater than or equal"),
            ('{"advance_seconds": "1"}', "advance_seconds: Input should be a valid number"),
            ('{"advance_seconds": 1e300}', "advance_seconds: Input should be less than"),
            ('{"now": "noon"}', "now: Input should be a valid datetime"),
            ('{"now": "2026-11-23T12:00:00"}', "now: Input should have timezone info"),
            ('{"now": "1999-01-01T00:00:00Z"}', "from the year 2000 to 2199"),
            ('{"now": "9999-12-31T23:59:59Z"}', "from the year 2000 to 2199"),
            ('{"speed": 2}', "speed: unknown key"),
            ('{"now": "0001-01-01T00:00:00+10:00"}', "from the year 2000 to 2199"),
            ('{"now": "9999-12-31T23:59:59-10:00"}', "from the year 2000 to 2199"),
            ("[]", "send a JSON object"),
            ("[" * 100_000, "send a JSON object"),
            ("now", "send a JSON object"),
        ],
    )
    def test_a_move_that_cannot_be_is_refused(self, endpoint, body, problem):
        answer = endpoint.http.post(f"{endpoint.url}/_unsub/clock", content=body)

        assert (answer.status_code, answer.json()["error"]) == (400, 400)
        assert problem in answer.json()["error_text"]
        assert endpoint.clock()["is_real"]


class TestResource:
    def test_its_mode_changes_while_it_runs(self, endpoint):
        changed = endpoint.set_resource(73, mode="delayed", timer_seconds=5)

        assert (changed["mode"], changed["timer_seconds"]) == ("delayed", 5)
        told = endpoint.http.get(f"{endpoint.url}/_unsub/resources/73").json()
        assert told == changed
        # Cancelling is a thing now.
        assert endpoint.post("cancel", {**DELAYED, "id": "MXw3NA=="}).status_code == 200

    def test_get_tells_all_of_it(self, endpoint):
        told = endpoint.http.get(f"{endpoint.url}/_unsub/resources/74").json()

        assert told == {
            "account_id": 1,
            "resource_id": 74,
            "title": "Example Daily",
            "rtoken": "22222222222-17d390887be32adc",
            "mode": "delayed",
            "timer_seconds": 1800,
            "reason": None,
            "unsubscribe_page_url": None,
            "language": None,
            "list_unsubscribe": True,
            "db_ids": [1],
            "categories": [
                {"name": name, "title": title, "in_manager": True, "locked": False}
                for name, title in [
                    ("morning", "The morning edition"),
                    ("evening", "The evening edition"),
                ]
            ],
        }

    def test_the_list_has_all_of_them(self, endpoint):
        told = endpoint.http.get(f"{endpoint.url}/_unsub/resources").json()["resources"]

        assert [one["resource_id"] for one in told] == [3, 26, 73, 74, 75, 76]

    def test_reset_goes_back_to_the_files(self, endpoint):
        endpoint.set_resource(73, mode="prevented", reason="no")

        endpoint.reset()

        told = endpoint.http.get(f"{endpoint.url}/_unsub/resources/73").json()
        assert (told["mode"], told["reason"]) == ("confirm", None)

    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"mode": "later"}, "mode: Input should be 'instant', 'confirm', 'delayed' or 'prev"),
            ({"mode": "delayed", "timer_seconds": 1860}, "timer_seconds: Input should be less th"),
            ({"timer_seconds": 0}, "timer_seconds: Input should be greater than or equal to 1"),
            ({"timer_seconds": "60"}, "timer_seconds: Input should be a valid integer"),
            ({"rtoken": "mine"}, "rtoken: can be changed: mode, timer_seconds, reason"),
            ({"unsubscribe_page_url": "https://x.example/"}, "must hold {send_message_id}"),
        ],
    )
    def test_a_change_that_cannot_be_is_refused(self, endpoint, changes, problem):
        url = f"{endpoint.url}/_unsub/resources/73"
        before = endpoint.http.get(url).json()

        answer = endpoint.http.patch(url, json=changes)

        assert answer.status_code == 400
        assert problem in answer.json()["error_text"]
        assert endpoint.http.get(url).json() == before

    def test_an_unknown_one_is_not_found(self, endpoint):
        for method in ("GET", "PATCH"):
            for asked in ("99", f"99{'0' * 30}", f"99?account_id={'9' * 30}"):
                url = f"{endpoint.url}/_unsub/resources/{asked}"
                answer = endpoint.http.request(method, url, json={})

                assert (answer.status_code, "no resource 99" in answer.text) == (404, True)


def test_a_timer_takes_effect_though_nothing_was_running(tmp_path):
    """Started, stopped, half an hour goes by on the endpoint's clock, started again."""

    def run(work):
        store = Store(tmp_path / "x.db", load_sample())
        with Server(create_app(store)) as server:
            endpoint = Endpoint(server.url)
            try:
                return work(endpoint)
            finally:
                endpoint.http.close()
                store.close()

    def start(endpoint):
        endpoint.clock(now=NOON)
        with_timer = endpoint.post("confirm", DELAYED).json()
        assert endpoint.post("cancel", DELAYED).json()["status"] == "subscribed"
        endpoint.post("confirm", DELAYED)
        return with_timer

    assert run(start)["status"] == "unsubscribed"
    assert run(lambda endpoint: endpoint.clock(advance_seconds=1800))["now"].startswith(
        "2026-11-23T12:30:00"
    )
    assert run(lambda endpoint: endpoint.post("cancel", DELAYED).json()["code"]) == "too_late"


def test_in_production_nothing_can_be_moved_and_the_time_is_real(tmp_path):
    store = Store(tmp_path / "x.db", load_sample())
    with Server(create_app(store)) as server:
        endpoint = Endpoint(server.url)
        endpoint.clock(now=NOON)
        endpoint.http.close()
    with Server(create_app(store, production=True)) as server:
        endpoint = Endpoint(server.url)
        moved = [
            endpoint.http.request(method, f"{server.url}/_unsub/{path}", json={"real": True})
            for method, path in [("POST", "clock"), ("POST", "reset"), ("PATCH", "resources/73")]
        ]
        endpoint.confirm()
        with store.read() as connection:
            from akunsub.platform import ledger

            (call,) = ledger.list_calls(connection)
        endpoint.http.close()
    store.close()

    assert {answer.status_code for answer in moved} <= {404, 405}
    at = datetime.fromisoformat(call["at"])
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=1)
