"""Known mail scanners, ``[event_ignore]``: they change nothing, in any mode, on any path."""

import pytest

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform.settings_file import parse_settings, read_sample
from akunsub.platform.store import Store
from tests.conftest import SMID, Endpoint
from tests.pixel.changes import MODES, REQUESTS, UNSUB, changes_something, prepare, send

SCANNER = {"user-agent": "Mozilla/5.0 (compatible; barracudasentinel/1.0)"}
PAGE = "https://shop.example/bye?smid={send_message_id}"
HEADINGS = {
    "instant": "Unsubscribe",
    "confirm": "Unsubscribe",
    "delayed": "Unsubscribe",
    "prevented": "You cannot unsubscribe here",
}


def ignoring(table):
    return parse_settings(f"{read_sample()}\n[event_ignore]\n{table}", source="own")


def running(store, **options):
    with Server(create_app(store, **options)) as server:
        endpoint = Endpoint(server.url, store=store)
        yield endpoint
        endpoint.http.close()
    store.close()


@pytest.fixture(scope="module")
def _running_guarded(databases):
    settings = ignoring('user_agents = ["BarracudaSentinel"]\nnetworks = ["192.0.2.0/24"]')
    yield from running(Store(databases.new(), settings, pool_size=THREADS))


@pytest.fixture
def guarded(_running_guarded):
    """An endpoint that knows one scanner."""
    _running_guarded.reset()
    return _running_guarded


@pytest.fixture
def start(databases):
    """``start(toml, …)``: an endpoint of its own with that ``[event_ignore]``."""
    opened = []

    def begin(table, **options):
        opened.append(running(Store(databases.new(), ignoring(table)), **options))
        return next(opened[-1])

    yield begin
    for one in opened:
        next(one, None)


def heading(answer):
    return answer.text.partition("<h1>")[2].partition("</h1>")[0]


class TestScanner:
    @pytest.mark.parametrize("name", REQUESTS)
    @pytest.mark.parametrize("mode", MODES)
    def test_it_changes_nothing_and_a_person_does(self, guarded, mode, name):
        before = prepare(guarded, mode, name)
        last = guarded.calls()[-1]["id"] if guarded.calls() else 0

        answer = send(guarded, name, headers=SCANNER)
        afterwards = guarded.stored()
        (call,) = guarded.calls(since=last)
        send(guarded, name)

        is_link = REQUESTS[name][0] == "GET"
        assert afterwards == before
        assert answer.status_code == (200 if is_link else 403)
        assert (call["verdict"], call["rule"]) == ("good" if is_link else "bad", "suspected")
        assert call["smid"] == SMID
        assert (guarded.stored() != before) == changes_something(mode, name)

    @pytest.mark.parametrize("mode", MODES)
    def test_it_is_led_on_by_a_link_as_anybody(self, guarded, mode):
        """In the mode instant to the endpoint's page: the sender's would say "unsubscribed"."""
        guarded.set_resource(73, mode=mode)
        system = send(guarded, "link", headers=SCANNER)
        guarded.set_resource(73, unsubscribe_page_url=PAGE)
        sender = send(guarded, "link", headers=SCANNER)

        assert heading(system) == HEADINGS[mode]
        if mode in {"confirm", "delayed"}:
            assert sender.status_code == 303
            assert sender.headers["location"] == f"https://shop.example/bye?smid={SMID}"
        else:
            assert (sender.status_code, heading(sender)) == (200, HEADINGS[mode])

    def test_a_person_taken_for_one_can_go_on_from_the_page_of_instant(self, guarded):
        guarded.set_resource(73, mode="instant")

        page = send(guarded, "link", headers=SCANNER)
        done = guarded.confirm()

        assert 'action="/unsub/confirm"' in page.text
        assert done.json()["status"] == "unsubscribed"

    @pytest.mark.parametrize("mode", ["instant", "confirm", "delayed"])
    def test_whoever_has_left_is_told_so(self, guarded, mode):
        guarded.confirm()
        guarded.set_resource(73, mode=mode)

        assert heading(send(guarded, "link", headers=SCANNER)) == "You are already unsubscribed"

    def test_its_call_is_refused_in_plain_words(self, guarded):
        answer = send(guarded, "confirm", headers=SCANNER)

        assert answer.status_code == 403
        assert answer.json() == {
            "error": 403,
            "error_text": "the request comes from where mail scanners do: nothing was changed",
            "code": "suspected",
            "verdict": {
                "verdict": "bad",
                "rule": "suspected",
                "wrong": answer.json()["error_text"],
                "fix": "if a person sent it, mend [event_ignore] in akunsub.toml",
            },
        }

    @pytest.mark.parametrize("name", ["confirm", "manage_unsubscribe"])
    def test_a_form_is_refused_with_a_page(self, guarded, name):
        answer = send(guarded, name, headers=SCANNER | {"accept": "text/html"})

        assert answer.status_code == 403
        assert "That did not work" in answer.text
        assert "ask to be unsubscribed" in answer.text

    def test_it_may_look(self, guarded):
        state = guarded.http.get(f"{guarded.url}/unsub/state?smid={SMID}", headers=SCANNER)
        manager = guarded.http.get(f"{guarded.url}/manage/{SMID}", headers=SCANNER)

        assert (state.status_code, manager.status_code) == (200, 200)

    def test_a_server_with_the_token_is_none(self, guarded):
        token = "abcdefghijklmnqrstuvwxyz"
        fields = {"token": token, "smid": SMID, "rtoken": "2fHLS9YR9daS-a90b371eecc2952f"}

        guarded.http.post(
            f"{guarded.url}/api/v1.1/profiles/message_unsub", json=fields, headers=SCANNER
        ).raise_for_status()

        assert guarded.state()["status"] == "unsubscribed"

    @pytest.mark.parametrize(
        ("connected", "said", "code"),
        [("203.0.113.1", "192.0.2.1", None), ("192.0.2.1", "203.0.113.1", "suspected")],
    )
    def test_its_address_is_the_connections_whatever_a_header_says(
        self, guarded, connected, said, code
    ):
        """Our own server drops such headers; behind another one they would be there."""
        headers = {"X-Forwarded-For": said, "Forwarded": f"for={said}", "X-Real-IP": said}

        answer = (
            create_app(guarded.store)
            .test_client()
            .post(
                "/unsub/confirm",
                data=UNSUB,
                headers=headers,
                environ_base={"REMOTE_ADDR": connected},
            )
        )

        assert answer.get_json().get("code") == code

    def test_its_address_is_known_over_a_real_connection(self, start):
        endpoint = start('networks = ["2001:db8::/32", "127.0.0.0/8"]')

        answer = send(endpoint, "confirm")

        assert answer.json()["code"] == "suspected"
        assert endpoint.state()["status"] == "subscribed"

    @pytest.mark.parametrize("name", ["link", "one_click", "confirm", "manage_unsubscribe"])
    def test_it_is_ignored_in_production_too(self, start, name):
        endpoint = start('user_agents = ["BarracudaSentinel"]', production=True)
        before = endpoint.stored()

        answer = send(endpoint, name, headers=SCANNER)

        assert endpoint.stored() == before
        assert "x-unsub-verdict" not in answer.headers
        assert "event_ignore" not in answer.text

    def test_nobody_is_one_when_none_is_named(self, endpoint):
        assert send(endpoint, "confirm", headers=SCANNER).json()["error"] == 0
