"""What a developer asks the endpoint about itself, with anything in it."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform.store import Store
from tests.fuzz import asking, words
from tests.fuzz.asking import Request, first_status, in_target
from tests.fuzz.words import SMIDS, anything

_CALLS = ("since", "wait", "limit", "verdict", "smid")
_SEARCH = ("before", "q", "verdict", "action", "smid")
_NUMBERED = [f"{one}/{number}" for one in ("calls", "resources") for number in words._NUMBERS]
_CLOCK = ("advance_seconds", "now", "real")
_RESOURCE = ("mode", "reason", "timer_seconds", "language", "unsubscribe_page_url")
#: Methods, paths below /_unsub/, parameters, fields.
ASKED = {
    "calls": (["GET"], ["calls"], _CALLS, ()),
    "inspector": (["GET"], ["", "calls.json", "calls.har"], _SEARCH, ()),
    "numbers": (["GET", "PATCH"], _NUMBERED, ("account_id",), ()),
    "headers": (["GET"], [f"messages/{one}/headers" for one in SMIDS], ("url",), ()),
    "clock": (["POST"], ["clock"], (), _CLOCK),
    "resources": (["PATCH"], ["resources/73"], ("account_id",), _RESOURCE),
    "faults": (["POST", "GET", "DELETE"], ["faults"], (), ("kind", "times", "seconds")),
    "the rest": (
        ["GET", "POST", "HEAD", "DELETE"],
        ["health", "clock", "resources", "messages", "openapi.json", "reset", "../", "x"],
        _CALLS,
        _CLOCK,
    ),
}
_GOOD_SENT = {
    "advance_seconds": [0, 0.5, 1800, 10**10],
    "now": ["2026-11-23T12:00:00Z", "1999-12-31T23:59:59Z"],
    "real": [True],
    "mode": ["delayed", "confirm"],
    "reason": ["because", None],
    "timer_seconds": [1, 1800],
    "language": ["ru", None],
    "unsubscribe_page_url": ["https://a.example/{send_message_id}", None],
    "kind": ["503"],
    "times": [1],
    "seconds": [0],
}
_QUERY_VALUES = st.one_of(
    st.sampled_from(["good", "0.1", "http://[::::]", "https://a:99999", "https://a.example", "%"]),
    anything,
)
_SENT_VALUES = st.one_of(
    st.sampled_from(["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "delayed", "503"]),
    st.sampled_from(["https://a.example/{send_message_id}", "ru", 60, 0.5, True]),
    *(anything, st.integers(), st.floats(), st.booleans(), st.none()),
)


def named(names, values):
    """Some of *names*, each with one of *values*."""
    chosen = st.lists(st.sampled_from(names), max_size=2, unique=True) if names else st.just([])
    return chosen.flatmap(lambda found: st.fixed_dictionaries(dict.fromkeys(found, values)))


@st.composite
def control_requests(draw, methods, paths, parameters, fields):
    query = draw(named(parameters, _QUERY_VALUES))
    if query.get("wait", "")[:1].isdecimal():
        query["wait"] = "0.01"
    target = in_target(f"/_unsub/{draw(st.sampled_from(paths))}")
    target += f"?{words.as_form({n: [v] for n, v in query.items()})}" if query else ""
    sent = draw(named(fields, _SENT_VALUES))
    if sent and draw(st.booleans()):
        name = draw(st.sampled_from(fields))
        sent = {name: draw(st.sampled_from(_GOOD_SENT[name]))}
    sent |= {"kind": "503"} if sent.get("kind") in {"hang", "drop"} else {}
    body = draw(words.mutated(words.as_json({name: [one] for name, one in sent.items()})))
    method = draw(st.sampled_from(methods))
    return Request(
        method, target, draw(words.headers), body if method in {"POST", "PATCH"} else b""
    )


@pytest.mark.parametrize("area", ASKED)
def test_what_a_developer_asks_is_answered_whatever_is_in_it(budget, watched, area):
    def check(request):
        watched.begin()
        before = watched.words()
        watched.ask(request)

        assert watched.words() == before

    budget.run(check, 50, request=control_requests(*ASKED[area]))


def test_events_begin_whatever_was_seen_last(budget, watched):
    def listen(header, since, search):
        query = words.as_form({"since": [since], "q": [search]})
        request = Request("GET", f"/_unsub/events?{query}", (("Last-Event-ID", header),))
        status = first_status(watched.port, request.as_bytes())
        assert status in {200, 400}

    budget.run(listen, 20, header=words.HEADERS["Last-Event-ID"], since=anything, search=anything)


def test_a_stranger_sees_nothing_in_production(budget, databases):
    store = Store(databases.new(), words.SAMPLE, pool_size=THREADS)

    def knock(path, header):
        request = Request("GET", in_target(f"/_unsub{path}"), (("Authorization", header),))
        answer = asking.ask(port, request)
        assert answer.status in {400, 401, 404}, request

    paths = st.sampled_from(["", "/", "/calls", "/resources/73", "/events", "/clock", "//", "/../"])
    header = st.one_of(words.HEADERS["Authorization"], words.header_text)
    with Server(create_app(store, production=True, inspector_token="inspector's")) as server:
        port = server.port
        budget.run(knock, 60, path=st.one_of(paths, anything.map("/{}".format)), header=header)
    store.close()
