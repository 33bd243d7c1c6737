"""CORS: whose scripts may read an answer."""

import pytest

from tests.conftest import SCRIPT_ID, SMID

CALL = {"smid": SMID, "id": SCRIPT_ID}
ONE = '[server]\norigins = ["https://shop.example"]'


def confirm(endpoint, origin, **headers):
    headers |= {"Origin": origin} if origin else {}
    return endpoint.ask("POST", "/unsub/confirm", data=CALL, headers=headers)


def cors(answer):
    return {
        name.removeprefix("access-control-allow-"): value
        for name, value in answer.headers.items()
        if name.startswith("access-control-allow-")
    }


@pytest.mark.parametrize("origin", ["https://any.example", "null"])
def test_any_page_may_read_without_a_list(start, origin):
    assert cors(confirm(start(), origin)) == {"origin": origin, "credentials": "true"}


def test_with_a_list_only_those_may(start):
    endpoint = start(ONE)

    listed, other, null = (
        confirm(endpoint, origin)
        for origin in ("https://shop.example", "https://shop.example.evil.net", "null")
    )

    assert cors(listed) == {"origin": "https://shop.example", "credentials": "true"}
    assert cors(other) == cors(null) == {}
    assert {answer.headers["vary"] for answer in (listed, other)} == {
        "Accept, Accept-Language, Origin"
    }


def test_a_form_of_any_page_works_all_the_same(start):
    """It is no script: a person sees what came of it, on the endpoint's page."""
    endpoint = start(ONE)

    page = confirm(endpoint, "https://other.example", accept="text/html")

    assert page.status_code == 200
    assert "You are unsubscribed" in page.text


def test_a_preflight_of_another_page_is_not_granted(start):
    endpoint = start(ONE)

    listed, other = (
        endpoint.ask("OPTIONS", "/unsub/confirm", headers={"Origin": origin})
        for origin in ("https://shop.example", "https://other.example")
    )

    assert "origin" in cors(listed)
    assert "origin" not in cors(other)


def test_nothing_that_a_token_opens_is_for_other_pages(start):
    """A browser sends the inspector's password by itself to who asks with credentials."""
    endpoint = start()

    for path in ("/_unsub/", "/_unsub/calls", "/_unsub/calls.json", "/_unsub/events"):
        answer = endpoint.ask("GET", path, headers={"Origin": "https://any.example"})
        assert "credentials" not in cors(answer)
    for path in ("/_unsub/", "/_unsub/calls", "/_unsub/calls.json"):
        answer = endpoint.ask(
            "GET", path, auth=("", "a-token-of-our-own-0001"), headers={"Origin": "https://a.b"}
        )
        assert (answer.status_code, cors(answer)) == (200, {})
