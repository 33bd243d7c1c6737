"""Requests with anything in them, to every path: at the socket, on every database."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from akunsub.pixel.api.methods import METHODS
from tests.api.conftest import JOHN
from tests.fuzz import words
from tests.fuzz.asking import Request, in_target
from tests.fuzz.words import SMIDS, TOKEN, anything, nearly


def below(prefix, *usual):
    """Paths below *prefix*: one of *usual*, most of the time."""
    return st.one_of(*[st.sampled_from(usual)] * 4, nearly(usual), anything).map(
        lambda rest: prefix + rest
    )


UNSUB = words.requests(
    below("/unsub/", "confirm", "cancel", "state"), words.bodies(words.unsub_fields())
)
STATE = st.dictionaries(st.sampled_from(["smid", "id", "rtoken"]), words.smids).map(
    lambda query: Request(
        "GET", f"/unsub/state?{words.as_form({n: [v] for n, v in query.items()})}"
    )
)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b")
ONE_CLICK = st.fixed_dictionaries(
    {
        "List-Unsubscribe": st.lists(
            st.one_of(st.just("One-Click"), anything), min_size=1, max_size=2
        )
    }
)
LINK = words.requests(
    st.one_of(below("/u/", *SMIDS), words.smids.map(lambda smid: f"/u/{smid}")),
    words.bodies(ONE_CLICK, _FORMS),
    st.one_of(st.sampled_from(["GET", "HEAD", "POST"]), words.methods),
)
MANAGER = st.fixed_dictionaries(
    {
        "do": st.lists(
            st.one_of(
                st.sampled_from(["unsubscribe", "resume", "suspend", "categories"]), anything
            ),
            min_size=1,
            max_size=2,
        ),
        "days": st.lists(st.one_of(st.sampled_from(["14", "90"]), anything), max_size=1),
        "shown": words.categories,
        "categories": words.categories,
    }
)
MANAGE = words.requests(below("/manage/", *SMIDS), words.bodies(MANAGER, _FORMS))


@st.composite
def api_fields(draw):
    """Fields of a call of a server, by name: a list of values, as for a page."""
    good = {name: [value] for name, value in JOHN.items()}
    good |= {"token": [TOKEN]} | draw(
        st.sampled_from(
            [
                {},
                {"smid": [SMIDS[0]], "rtoken": [words.RTOKEN]},
                {"channel": ["telegram_bot"], "cc_data": [{"id": 1}]},
                {"channel": ["push"], "provider": ["Firefox"], "subscription_id": ["s"]},
            ]
        )
    )
    value = st.one_of(anything, st.integers(), st.floats(), st.booleans(), st.none())
    value = st.one_of(
        value, st.lists(value, max_size=2), st.dictionaries(anything, value, max_size=2)
    )
    more = ["status", "priority", "custom_fields", "cats", "date", "ip", "url", "skip_triggers"]
    more += ["format", "categories", "token", "account_id"]
    names = draw(st.lists(st.sampled_from([*good, *more]), max_size=3, unique=True))
    changed = good | {name: [draw(value)] for name in names}
    for name in draw(st.lists(st.sampled_from(list(changed)), max_size=4)):
        changed.pop(name, None)
    return changed


API = words.requests(
    below("/api/v1.1/", *METHODS),
    words.bodies(api_fields(), ("application/json", "application/json", "application/xml")),
)


@pytest.mark.parametrize(
    ("requests", "examples"),
    [(UNSUB, 250), (STATE, 50), (LINK, 120), (MANAGE, 120), (API, 250)],
    ids=["unsub", "state", "link", "manage", "api"],
)
def test_a_call_is_answered_and_recorded_whatever_is_in_it(budget, watched, requests, examples):
    def check(request):
        watched.begin()
        watched.call(request)

    budget.run(check, examples, request=requests)


#: Calls of a page that are good, in all spellings.
ACCEPTED = st.builds(
    lambda fields, kind, request_id: Request(
        "POST",
        "/unsub/confirm",
        (("Content-Type", kind),),
        words._ENCODINGS[kind](fields | {"request_id": [request_id]}),
    ),
    st.sampled_from(
        [
            {"smid": [SMIDS[0]], "id": ["MXw3Mw=="]},
            {"smid": [SMIDS[2]], "rtoken": [words.RTOKEN], "categories": ["category_1"]},
            {"smid": [SMIDS[6]], "id": ["MXw3NA"], "categories": ["morning", "", "evening"]},
        ]
    ),
    st.sampled_from(["application/x-www-form-urlencoded", "application/json"]),
    st.text(
        st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]),
        min_size=1,
        max_size=100,
    ),
)


def test_what_was_accepted_is_stored_once(budget, watched):
    def check(request):
        watched.begin()
        first, call = watched.call(request)
        stored = watched.look()

        again, repeated = watched.call(request)

        assert (call["verdict"], repeated["rule"]) == ("good", "duplicate")
        assert again.headers["Duplicate-Request"] == "true"
        assert again.body == first.body
        assert watched.look() == stored
        assert len(stored["answered_request"]) == 1

    budget.run(check, 40, request=ACCEPTED)


_SMID_HEADERS = [f"messages/{one}/headers" for one in SMIDS[:3]]
_ASKED = ["health", "clock", "resources", "resources/73", "messages", "calls", "calls/1", ""]
_ASKED += ["calls.json", "calls.har", "openapi.json", "faults", "reset", *_SMID_HEADERS]
_ASKED += [f"{one}/{number}" for one in ("calls", "resources") for number in words._NUMBERS]
_QUERY = ["since", "wait", "limit", "verdict", "smid", "before", "q", "action", "account_id", "url"]
_CONTROL_VALUES = st.one_of(
    st.sampled_from(["good", "0.1", "http://[::::]", "https://a:99999", "%", "_"]), anything
)
_SENT = ["advance_seconds", "now", "real", "kind", "mode", "reason", "timer_seconds", "language"]
_SENT += ["unsubscribe_page_url", "list_unsubscribe", "times"]
_JSON_VALUES = st.one_of(
    st.sampled_from(["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "delayed", "503"]),
    *(anything, st.integers(), st.floats(), st.booleans(), st.none()),
)


@st.composite
def control_requests(draw):
    method = draw(st.sampled_from(["GET", "GET", "GET", "POST", "PATCH", "DELETE", "HEAD"]))
    asked = {"GET": _ASKED, "POST": ["clock", "faults", "reset"], "PATCH": ["resources/73"]}
    path = in_target("/_unsub/" + draw(st.sampled_from(asked.get(method, _ASKED))))
    query = draw(st.dictionaries(st.sampled_from(_QUERY), _CONTROL_VALUES, max_size=2))
    query.pop("wait", None) if query.get("wait", "")[:1].isdecimal() else None
    fields = draw(st.dictionaries(st.sampled_from(_SENT), _JSON_VALUES, max_size=2))
    body = draw(words.mutated(words.as_json({name: [one] for name, one in fields.items()})))
    target = path + (f"?{words.as_form({n: [v] for n, v in query.items()})}" if query else "")
    return Request(method, target, draw(words.headers), body if method in asked else b"")


def test_what_a_developer_asks_is_answered_whatever_is_in_it(budget, watched):
    def check(request):
        watched.begin()
        before = watched.words()
        watched.ask(request)

        assert watched.words() == before

    budget.run(check, 300, request=control_requests())
