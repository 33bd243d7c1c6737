"""Tokens, formats, and XML that means harm."""

import json
import time

import pytest
from defusedxml.ElementTree import DefusedXMLParser

from akunsub.errors import CallRefusedError
from akunsub.pixel.api.formats import TreeTarget, read_body, write
from akunsub.platform.settings_file import load_sample
from tests.api.conftest import JOHN, TOKEN, run_api

GET = "subscriptions/get"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "where",
    [
        {"headers": BEARER},
        {"headers": {"authorization": f"bearer {TOKEN}"}},
        {"query": f"?token={TOKEN}"},
    ],
)
def test_the_token_may_be_in_a_header_or_in_the_query(api, where):
    assert api.send(GET, json.dumps(JOHN), **where).status_code == 200


@pytest.mark.parametrize(
    ("token", "where", "error"),
    [
        (None, {}, 401),
        ("", {}, 401),
        (None, {"headers": {"authorization": "Bearer"}}, 401),
        (None, {"headers": {"authorization": f"Basic {TOKEN}"}}, 401),
        ("wrong", {}, 403),
        ("Ünïcode", {}, 403),
        (TOKEN + "x", {}, 403),
        ("wrong", {"headers": BEARER}, 403),
        (TOKEN, {"query": "?token=wrong"}, 403),
        (5, {}, 400),
    ],
)
def test_without_the_right_token_nothing_is_done(api, token, where, error):
    answer = api.send(GET, json.dumps(JOHN | {"token": token}), **where)

    assert (answer.status_code, answer.json()["error"]) == (error, error)


def test_401_says_what_the_documentation_says(api):
    answer = api.send(GET, "{}")

    assert answer.json()["error_text"] == "API token required"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_without_a_configured_token_nobody_may(tmp_path):
    settings = load_sample().model_copy(update={"api": None})
    with run_api(tmp_path / "x.db", settings) as api:
        codes = [
            api.send(GET, json.dumps(JOHN | {"token": token})).status_code
            for token in (TOKEN, "None", "")
        ]

    assert codes == [403, 403, 401]


def test_a_trailing_slash_is_tolerated(api):
    assert api.call(GET + "/", JOHN).status_code == 200


@pytest.mark.parametrize(
    ("body_format", "query", "expected"),
    [
        (None, "", "application/json"),
        ("xml", "", "application/xml"),
        (None, "?format=xml", "application/xml"),
        ("json", "?format=xml", "application/json"),
    ],
)
def test_format_is_of_the_answer_and_the_bodys_wins(api, body_format, query, expected):
    fields = JOHN | ({"format": body_format} if body_format else {})

    for method in (GET, "subscriptions/delete"):
        assert api.call(method, fields, query=query).headers["content-type"] == expected


def test_a_refusal_has_the_format_that_was_asked_for(api):
    answer = api.call(GET, {"format": "xml"})

    assert answer.headers["content-type"] == "application/xml"
    assert answer.text.startswith('<xml>\n<error>400</error>\n<error_text>field "channel"')


def test_xml_answers_json_when_it_asks_for_it(api):
    answer = api.call_xml("subscriptions/list", "<format>json</format>")

    assert answer.json()["code"] == "missing_field"


@pytest.mark.parametrize("content_type", ["text/plain;charset=UTF-8", ""])
def test_what_says_nothing_of_itself_is_read_as_json(api, content_type):
    assert api.call(GET, JOHN, content_type=content_type).status_code == 200


def test_a_byte_order_mark_is_no_fault(api):
    body = b"\xef\xbb\xbf" + json.dumps(JOHN).encode()

    assert api.send(GET, body, headers=BEARER).status_code == 200


# XML that means harm. Work is counted, not time: elements that the parser has told of.

LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
HARM = {
    "a billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><xml><a>&l9;</a></xml>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]><xml><a>{"&a;" * 50_000}</a></xml>',
    "a file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><a>&a;</a></xml>',
    "a parameter entity": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/">%a;]><xml/>',
    "a remote document type": '<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x.dtd"><xml/>',
    "deep": "<xml>" + "<a>" * 100_000 + "</a>" * 100_000 + "</xml>",
    "wide": "<xml>" + "<a/>" * 200_000 + "</xml>",
}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a billion laughs", 0),
        ("quadratic", 0),
        ("a file", 0),
        ("a parameter entity", 0),
        ("a remote document type", 0),
        ("deep", 9),
        ("wide", 10_001),
    ],
)
def test_harmful_xml_is_refused_before_it_costs_anything(monkeypatch, name, parts):
    targets = []
    made = TreeTarget.__init__

    def remember(self):
        made(self)
        targets.append(self)

    monkeypatch.setattr(TreeTarget, "__init__", remember)

    with pytest.raises(CallRefusedError) as refused:
        read_body(HARM[name].encode(), "xml")

    assert (refused.value.error, refused.value.code) == (400, "bad_body")
    assert [one.parts for one in targets] == [parts]


@pytest.mark.parametrize("name", HARM)
def test_harmful_xml_is_a_plain_400_over_the_wire(api, name):
    answer = api.send(GET, HARM[name].encode(), content_type="application/xml")

    assert answer.status_code == 400
    assert "root:" not in answer.text


def test_the_parser_is_defusedxmls():
    assert "defusedxml" in DefusedXMLParser.__module__


# What is written


def test_text_that_no_xml_can_hold_is_replaced():
    text = write({"a": "<&>\x01\ufffe", "b": True, "c": None, "d": [], "e": ""}, "xml")

    assert text == "<xml>\n<a>&lt;&amp;&gt;\ufffd\ufffd</a>\n<b>true</b>\n<c/>\n<e></e>\n</xml>"


def test_what_is_written_in_xml_can_be_read_again():
    tree = {"a": "x & y", "data": {"cats": ["p", "q"]}}

    assert read_body(write(tree, "xml").encode(), "xml") == tree


def test_reading_takes_work_in_proportion_to_the_body():
    """Keys that are there twice are found without comparing each with each."""
    body = json.dumps({f"key{number}": number for number in range(10_000)}).encode()
    before = time.process_time()

    assert len(read_body(body, "json")) == 10_000

    # Comparing each with each takes some ten seconds here; this takes ten milliseconds.
    assert time.process_time() - before < 2
