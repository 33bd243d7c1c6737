"""Rate limits: who is refused, with what, and who must never be. Over HTTP, in production."""

import pytest

from akunsub.platform.settings_file import load_sample
from tests.conftest import RTOKEN, SCRIPT_ID, SMID
from tests.guard.conftest import BEHIND_PROXY, TOKEN

# A day, so that no window ends while a test runs.
FEW = "3/day"
OTHER_SMID = next(one.smid for one in load_sample().messages if one.smid != SMID)
UNKNOWN = "fNobodyHasThisOne000000000000000000000"
API_TOKEN = "abcdefghijklmnqrstuvwxyz"


def limited(**rates):
    off = {"per_smid": "", "per_address": "", "guesses_per_address": ""}
    lines = [f'{name} = "{rate}"' for name, rate in (off | rates).items()]
    return "\n".join([BEHIND_PROXY, "[limits]", *lines])


def confirm(endpoint, smid=SMID, address="198.51.100.1", **options):
    return endpoint.ask(
        "POST", "/unsub/confirm", address, data={"smid": smid, "id": SCRIPT_ID}, **options
    )


def statuses(send, times=4):
    return [send().status_code for _ in range(times)]


class TestRefusal:
    def test_it_is_in_the_usual_envelope_and_says_when_to_come_again(self, start):
        endpoint = start(limited(per_smid="1/minute"))
        confirm(endpoint)

        refused = confirm(endpoint)

        assert refused.status_code == 429
        assert refused.json() == {
            "error": 429,
            "error_text": "too many calls in a short time: nothing was changed; try again later",
            "code": "too_many",
        }
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["access-control-allow-origin"] == "*"
        assert "Retry-After" in refused.headers["access-control-expose-headers"]

    def test_it_changes_nothing_and_is_not_recorded(self, start):
        endpoint = start(limited(per_address=FEW))
        for _ in range(3):
            confirm(endpoint, smid=OTHER_SMID)
        before, recorded = endpoint.stored(), endpoint.recorded()

        refused = confirm(endpoint)

        assert refused.status_code == 429
        assert (endpoint.stored(), endpoint.recorded()) == (before, recorded)
        assert recorded == 3

    def test_a_form_gets_a_page(self, start):
        endpoint = start(limited(per_smid="1/day"))
        confirm(endpoint)

        page = confirm(endpoint, headers={"accept": "text/html"})

        assert page.status_code == 429
        assert "Too many tries at once" in page.text
        assert page.headers["retry-after"]

    @pytest.mark.parametrize(
        ("method", "path", "options"),
        [
            ("POST", f"/u/{SMID}", {"data": {"List-Unsubscribe": "One-Click"}}),
            ("GET", f"/u/{SMID}", {}),
            ("POST", f"/manage/{SMID}", {"data": {"do": "unsubscribe"}}),
            ("POST", "/unsub/cancel", {"data": {"smid": SMID, "id": SCRIPT_ID}}),
        ],
    )
    def test_whatever_can_change_something_is_counted(self, start, method, path, options):
        endpoint = start(limited(per_smid=FEW))

        got = [endpoint.ask(method, path, **options).status_code for _ in range(4)]

        assert 429 not in got[:3]
        assert got[3] == 429


class TestPerSmid:
    def test_one_subscription_is_limited_from_wherever_and_others_are_not(self, start):
        endpoint = start(limited(per_smid=FEW))
        addresses = iter(f"198.51.100.{number}" for number in range(1, 9))

        got = statuses(lambda: confirm(endpoint, address=next(addresses)))
        other = confirm(endpoint, smid=OTHER_SMID)

        assert got == [200, 200, 200, 429]
        assert other.status_code != 429

    def test_looking_is_free(self, start):
        endpoint = start(limited(per_smid=FEW))

        for _ in range(5):
            endpoint.ask("GET", f"/unsub/state?smid={SMID}").raise_for_status()
            endpoint.ask("GET", f"/manage/{SMID}").raise_for_status()
            endpoint.ask("HEAD", f"/u/{SMID}").raise_for_status()

        assert confirm(endpoint).status_code == 200


class TestPerAddress:
    def test_one_address_is_limited_and_others_are_not(self, start):
        endpoint = start(limited(per_address=FEW))

        got = statuses(lambda: confirm(endpoint))

        assert got == [200, 200, 200, 429]
        assert confirm(endpoint, address="198.51.100.2").status_code == 200

    def test_what_cannot_be_read_counts_too(self, start):
        """A flood of nonsense would be recorded otherwise."""
        endpoint = start(limited(per_address=FEW))

        got = [endpoint.ask("POST", "/unsub/confirm", content=b"{").status_code for _ in range(4)]

        assert got == [400, 400, 400, 429]

    def test_who_only_looks_leaves_room_for_who_wants_to_leave(self, start):
        endpoint = start(limited(per_address=FEW))

        looks = statuses(lambda: endpoint.ask("GET", f"/unsub/state?smid={SMID}"))

        assert looks == [200, 200, 200, 429]
        assert confirm(endpoint).status_code == 200

    def test_ipv6_counts_by_64(self, start):
        endpoint = start(limited(per_address=FEW))
        same = iter(["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "[2001:db8:1:2::7]:443"])

        got = statuses(lambda: confirm(endpoint, address=next(same)), times=3)

        assert got == [200, 200, 200]
        assert confirm(endpoint, address="2001:db8:1:2:3:4:5:6").status_code == 429
        assert confirm(endpoint, address="2001:db8:1:3::1").status_code == 200

    def test_exempt_networks_are_not_limited(self, start):
        text = limited(per_address="1/day") + '\nexempt_networks = ["198.51.100.0/28"]'
        endpoint = start(text)

        assert statuses(lambda: confirm(endpoint)) == [200] * 4
        assert statuses(lambda: confirm(endpoint, address="198.51.100.99"), 2) == [200, 429]

    def test_a_proxy_that_nobody_told_of_does_not_lock_everybody_out(self, start):
        """Then all have its address, which is a private one: here 127.0.0.1."""
        endpoint = start('[limits]\nper_address = "1/day"\nper_smid = ""')

        assert statuses(lambda: confirm(endpoint)) == [200] * 4


class TestGuesses:
    def test_who_guesses_is_stopped_before_a_right_guess_is_looked_up(self, start):
        endpoint = start(limited(guesses_per_address=FEW))

        got = statuses(lambda: confirm(endpoint, smid=UNKNOWN), times=3)
        right = confirm(endpoint)
        link = endpoint.ask("GET", f"/u/{SMID}")

        assert got == [404, 404, 404]
        assert (right.status_code, link.status_code) == (429, 429)
        assert confirm(endpoint, address="198.51.100.2").status_code == 200

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", f"/unsub/state?smid={UNKNOWN}"),
            ("GET", f"/u/{UNKNOWN}"),
            ("GET", "/u/not%20a%20smid"),
            ("GET", f"/manage/{UNKNOWN}"),
            ("GET", f"/unsub/state?smid={SMID}&rtoken=nobodys"),
        ],
    )
    def test_looking_is_guessing_too(self, start, method, path):
        endpoint = start(limited(guesses_per_address=FEW))

        assert statuses(lambda: endpoint.ask(method, path))[3] == 429

    def test_a_person_who_is_refused_for_another_reason_is_no_guesser(self, start):
        endpoint = start(limited(guesses_per_address="1/day"))

        fields = {"smid": SMID, "id": SCRIPT_ID, "categories": "nosuch"}
        got = [endpoint.ask("POST", "/unsub/confirm", data=fields).status_code for _ in range(3)]

        assert got == [400] * 3
        assert confirm(endpoint).status_code == 200


class TestServerApis:
    def call(self, endpoint, token, smid=SMID):
        return endpoint.ask(
            "POST",
            "/api/v1.1/profiles/message_unsub",
            json={"token": token, "smid": smid, "rtoken": RTOKEN},
        )

    def test_a_server_with_the_token_is_never_limited(self, start):
        endpoint = start(
            limited(per_smid="1/day", per_address="1/day", guesses_per_address="1/day")
        )

        wrong = [self.call(endpoint, "wrong").status_code for _ in range(3)]
        right = [self.call(endpoint, API_TOKEN).status_code for _ in range(3)]
        unknown = [self.call(endpoint, API_TOKEN, UNKNOWN).status_code for _ in range(3)]

        assert wrong == [403, 429, 429]
        assert right == [200] * 3
        assert unknown == [404] * 3

    def test_a_flood_without_the_token_is_not_recorded(self, start):
        endpoint = start(limited(guesses_per_address=FEW))
        paths = ["profiles/message_unsub", "nosuch/method", "subscriptions/get", "nosuch", "x"]

        got = [endpoint.ask("POST", f"/api/v1.1/{path}", json={}).status_code for path in paths]

        assert got == [401, 404, 401, 429, 429]
        assert endpoint.recorded() == 3


class TestInspector:
    def test_who_guesses_its_token_is_stopped_and_who_has_it_is_not(self, start):
        endpoint = start(limited(guesses_per_address=FEW))

        def look(token):
            return endpoint.ask("GET", "/_unsub/calls", auth=("", token))

        got = statuses(lambda: look("wrong"))
        asked = endpoint.ask("GET", "/_unsub/calls").status_code

        assert got == [401, 401, 401, 429]
        assert (look(TOKEN).status_code, asked) == (200, 401)
        assert look("wrong").headers["retry-after"]


class TestDefaults:
    def test_a_person_in_a_hurry_is_not_refused(self, start):
        """Ten tries of the SDK, and as many presses of somebody who cannot decide."""
        endpoint = start(BEHIND_PROXY)

        assert 429 not in statuses(lambda: confirm(endpoint), times=20)

    def test_an_office_behind_one_address_is_not_refused(self, start):
        endpoint = start(limited(per_address="600/minute"))

        assert 429 not in statuses(lambda: confirm(endpoint), times=300)

    def test_they_are_there_in_production(self, start):
        endpoint = start(BEHIND_PROXY)

        assert 429 in statuses(lambda: confirm(endpoint), times=62)

    def test_and_not_where_a_page_is_worked_on(self, start):
        endpoint = start(limited(per_smid="1/day", per_address="1/day"), production=False)

        assert statuses(lambda: confirm(endpoint)) == [200] * 4

    def test_health_and_the_script_are_not_counted(self, start):
        endpoint = start(limited(per_address="1/day", guesses_per_address="1/day"))

        for path in ("/_unsub/health", f"/ak_list_unsubscribe.js?id={SCRIPT_ID}"):
            assert statuses(lambda path=path: endpoint.ask("GET", path)) == [200] * 4
