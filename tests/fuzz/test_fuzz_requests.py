"""Requests with anything in them, to every path: at the socket, on every database."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from akunsub.pixel.api.methods import METHODS
from tests.api.conftest import JOHN
from tests.conftest import RTOKEN
from tests.fuzz import words
from tests.fuzz.asking import Request
from tests.fuzz.words import SMIDS, TOKEN, anything, nearly


def below(prefix, *usual):
    """Paths below *prefix*: one of *usual*, most of the time."""
    rest = words.mostly(st.sampled_from(usual), nearly(usual), anything)
    return rest.map(lambda rest: prefix + rest)


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
            words.mostly(
                st.sampled_from(["unsubscribe", "resume", "suspend", "categories"]), anything
            ),
            min_size=1,
            max_size=2,
        ),
        "days": st.lists(words.mostly(st.sampled_from(["14", "90"]), anything), max_size=1),
        "shown": words.categories,
        "categories": words.categories,
    }
)
MANAGE = words.requests(below("/manage/", *SMIDS), words.bodies(MANAGER, _FORMS))


_SUBSCRIPTION = [
    JOHN,
    {**JOHN, "channel": "push", "provider": "Firefox", "subscription_id": "s1"},
    {**JOHN, "channel": "telegram_bot", "cc_data": {"id": -5}},
    {**JOHN, "channel": "whatsapp", "cc_data": {"phone": "+79000000002"}},
]
_OF_PROFILE = {"db_id": 1, "profile_id": JOHN["profile_id"]}
_UNSUB_FIELDS = {"smid": SMIDS[0], "rtoken": RTOKEN, "categories": ["category_1"]}
#: Of each method: fields that are good.
_GOOD = {"profiles/message_unsub": [_UNSUB_FIELDS], "subscriptions/list": [_OF_PROFILE]}
_GOOD |= {f"subscriptions/{one}": [{"db_id": 1}] for one in ("suspend_all", "unsuspend_all")}
_ANY_VALUE = st.one_of(anything, st.integers(), st.floats(), st.booleans(), st.none())
_ANY_VALUE = st.one_of(
    _ANY_VALUE, st.lists(_ANY_VALUE, max_size=2), st.dictionaries(anything, _ANY_VALUE, max_size=2)
)
_SETTINGS = {
    "status": st.sampled_from(["unsubscribed", "invalid", 0, 6]),
    "priority": st.integers(0, 2**31),
    "custom_fields": st.dictionaries(st.sampled_from(["a", "b_1"]), _ANY_VALUE, max_size=2),
    "cats": st.lists(
        st.one_of(
            st.sampled_from(["category_1", "orders"]),
            st.builds(lambda on: {"name": "category_2", "active": on}, st.booleans()),
        ),
        max_size=2,
    ),
    "ip": st.sampled_from(["127.0.0.1", "::1"]),
    "url": st.just("https://a.example"),
    "skip_triggers": st.booleans(),
    "format": st.sampled_from(["xml", "json"]),
}


@st.composite
def api_fields(draw, method):
    """Fields of a call of a server, by name: a list of values, as for a page."""
    good = draw(st.sampled_from(_GOOD.get(method, _SUBSCRIPTION)))
    good = {"token": TOKEN} | {n: v for n, v in good.items() if n != "email" or good is JOHN}
    known = list(_SETTINGS) if method.endswith("/set") else ["format"]
    fields = good | {n: draw(_SETTINGS[n]) for n in draw(st.lists(st.sampled_from(known)))}
    changed = draw(st.sampled_from([0, 0, 1, 1, 2]))
    for name in draw(
        st.lists(st.sampled_from([*good, *known]), min_size=changed, max_size=changed)
    ):
        fields[name] = draw(_ANY_VALUE)
    for name in draw(st.sampled_from([[], [], [], [draw(st.sampled_from(list(fields)))]])):
        del fields[name]
    return listed(fields)


def listed(fields):
    """Each value in a list, as in a form; an array is one already."""
    return {n: value if isinstance(value, list) else [value] for n, value in fields.items()}


_JSON_OR_XML = ("application/json", "application/json", "application/xml")
API = st.sampled_from(list(METHODS)).flatmap(
    lambda name: words.requests(
        below("/api/v1.1/", name), words.bodies(api_fields(name), _JSON_OR_XML)
    )
)


@pytest.mark.parametrize(
    ("requests", "examples"),
    [(UNSUB, 250), (STATE, 50), (LINK, 120), (MANAGE, 120), (API, 250)],
    ids=["unsub", "state", "link", "manage", "api"],
)
def test_a_call_is_answered_and_recorded_whatever_is_in_it(budget, watched, requests, examples):
    def check(request):
        watched.begin()
        _, call = watched.call(request)
        # What is recorded can be shown: as a page, to be copied.
        watched.ask(Request("GET", f"/_unsub/calls/{call['id']}"))

    budget.run(check, examples, request=requests)
    for name in ("", "calls", "calls.json", "calls.har"):
        assert watched.ask(Request("GET", f"/_unsub/{name}")).status == 200


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


#: Calls of a server, each with a Request-ID.
IDENTIFIED = st.builds(
    lambda name, request_id: Request(
        "POST",
        f"/api/v1.1/{name}",
        (("Request-ID", request_id), ("Authorization", f"Bearer {TOKEN}")),
        words.as_json(listed(_GOOD.get(name, _SUBSCRIPTION)[0])),
    ),
    st.sampled_from([name for name in METHODS if name != "subscriptions/undelete"]),
    words.header_text.filter(bool),
)


def test_a_server_that_asks_again_gets_the_same_answer(budget, watched):
    def check(request):
        watched.begin()
        first, call = watched.call(request)
        stored = watched.look()

        again, repeated = watched.call(request)

        assert (call["verdict"], repeated["rule"]) == ("good", "duplicate")
        assert (again.status, again.body) == (first.status, first.body)
        assert watched.look() == stored

    budget.run(check, 30, request=IDENTIFIED)
