"""The largest and the most tedious that each parser takes: still an answer, and in time."""

from __future__ import annotations

import json

import pytest

from akunsub.platform.intents import nearest_word
from tests.fuzz.asking import Request
from tests.fuzz.words import SMIDS, TOKEN

_FORM, _JSON, _XML = "application/x-www-form-urlencoded", "application/json", "application/xml"
_GET = "/api/v1.1/subscriptions/get"
_SET = "/api/v1.1/subscriptions/set"
_UNSUB = "/unsub/confirm"
_MANAGE = f"/manage/{SMIDS[0]}"
_PART = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
_OWN = f'"token": "{TOKEN}"'.encode()
# As many as there is room for: 64 KiB for a page, 1 MiB for a server.
_KEYS = b"{" + b",".join(b'"%x":0' % number for number in range(7_000)) + b"}"
_MANY_KEYS = b"{" + b",".join(b'"%x":0' % number for number in range(9_999)) + b"}"
_REPLACED = [b"&replaces=%d" % number for number in range(900)]
_SMID = f"smid={SMIDS[0]}&id=MXw3Mw==".encode()


def xml(inner):
    return f"<xml><token>{TOKEN}</token>".encode() + inner + b"</xml>"


WORST = {
    "keys": (_UNSUB, _JSON, _KEYS),
    "levels": (_UNSUB, _JSON, b"[" * 65_000),
    "digits": (_UNSUB, _JSON, b"9" * 65_000),
    "escapes": (_UNSUB, _JSON, b'{"smid":"' + b"\\u0041" * 10_000 + b'"}'),
    "fields": (_UNSUB, _FORM, _SMID + b"&a" * 990),
    "separators": (_UNSUB, _FORM, b"&" * 65_000),
    "percents": (_UNSUB, _FORM, b"smid=" + b"%41" * 21_000),
    "too many fields": (_UNSUB, _FORM, b"&".join([_SMID, *[b"a=1"] * 2_000])),
    "too many bytes": (_UNSUB, _FORM, b"a" * 70_000),
    "too much replaced": (
        _UNSUB,
        _FORM,
        _SMID + b"".join(_REPLACED),
    ),
    "something long replaced": (_UNSUB, _FORM, _SMID + b"&replaces=" + b"r" * 60_000),
    "categories": (_UNSUB, _FORM, _SMID + b"&categories=category_1" * 950),
    "a long category": (_UNSUB, _FORM, _SMID + b"&categories=" + b"category_" * 7_000),
    "a long id": (_UNSUB, _FORM, b"smid=f&id=" + b"A" * 60_000),
    "a long rtoken": (_UNSUB, _FORM, b"smid=f&rtoken=" + b"A" * 60_000),
    "a content type": (_UNSUB, f"{_FORM};{'charset=' * 3_000}", _SMID),
    "parts": (_MANAGE, "multipart/form-data; boundary=b", _PART * 1_300),
    "half boundaries": (_MANAGE, "multipart/form-data; boundary=b", b"\r\n--" * 16_000),
    "a boundary": (_MANAGE, f"multipart/form-data; boundary={'-' * 8_000}", b"-" * 60_000),
    "a part's headers": (
        _MANAGE,
        "multipart/form-data; boundary=b",
        b"--b\r\n" + b"a: b\r\n" * 10_000,
    ),
    "a disposition": (
        _MANAGE,
        "multipart/form-data; boundary=b",
        b"--b\r\nContent-Disposition: form-data" + b'; a*0="\\"' * 6_000 + b"\r\n\r\n\r\n--b--",
    ),
    "shown": (_MANAGE, _FORM, b"do=categories" + b"&shown=category_1" * 3_500),
    "api keys": (_GET, _JSON, _MANY_KEYS),
    "api unknown fields": (_GET, _JSON, b"{" + _OWN + b"," + _MANY_KEYS[1:]),
    "api levels": (_GET, _JSON, b"{" + _OWN + b', "a":' + b"[" * 500_000),
    "api array": (_SET, _JSON, b"{" + _OWN + b', "cats": [' + b"1," * 500_000 + b"1]}"),
    "api names": (_SET, _JSON, b"{" + _OWN + b', "cats":' + json.dumps(["x"] * 200_000).encode()),
    "api strings": (_SET, _JSON, b"{" + _OWN + b', "email": "' + b"x" * 1_000_000 + b'"}'),
    "token, over and over": (_GET, _JSON, b'"token":"' * 100_000),
    "xml elements": (_GET, _XML, xml(b"<a/>" * 9_990)),
    "xml too many": (_GET, _XML, xml(b"<a/>" * 200_000)),
    "xml levels": (_GET, _XML, b"<xml>" * 200_000),
    "xml names": (_GET, _XML, xml(b"".join(b"<a%d/>" % number for number in range(9_990)))),
    "xml text": (_GET, _XML, xml(b"<email>" + b"x" * 1_000_000 + b"</email>")),
    "xml characters": (_GET, _XML, xml(b"<email>" + b"&#65;" * 200_000 + b"</email>")),
    "xml attributes": (
        _GET,
        _XML,
        b"<xml " + b"".join(b'a%d="" ' % n for n in range(60_000)) + b"/>",
    ),
    "xml one name": (_GET, _XML, xml(b"<" + b"a" * 1_000_000)),
    "xml entities": (_GET, _XML, b"<!DOCTYPE x [" + b'<!ENTITY a "b">' * 60_000 + b"]><xml/>"),
    "xml declaration": (_GET, _XML, b"<?xml" + b" encoding" * 110_000),
    "xml comments": (_GET, _XML, xml(b"<!---->" * 140_000)),
    "too large": (_GET, _JSON, b" " * 1_500_000),
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_is_answered_in_time(watched, name):
    path, content_type, body = WORST[name]
    request = Request("POST", path, (("Content-Type", content_type),), body)
    watched.begin()

    watched.call(request)


@pytest.mark.parametrize(
    ("path", "header", "value"),
    [
        (f"/u/{SMIDS[0]}", "Accept", "text/html;q=0.1," * 1_500),
        (f"/u/{SMIDS[0]}", "Accept-Language", "ru;q=0.1," * 3_000),
        (f"/u/{SMIDS[0]}", "Cookie", "a=b;" * 7_000),
        (f"/u/{SMIDS[0]}", "User-Agent", "x" * 30_000),
        ("/unsub/state?smid=f", "Authorization", "Authorization: x" * 1_900),
        ("/unsub/state?smid=f", "Authorization", "Digest " + 'a="\\"' * 5_000),
        ("/ak_list_unsubscribe.js", "Accept-Encoding", "br;q=0.1," * 3_000),
        ("/ak_list_unsubscribe.js", "If-None-Match", 'W/"a",' * 5_000),
        ("/ak_list_unsubscribe.js", "Range", "bytes=" + "0-1," * 7_000),
    ],
)
def test_long_headers_are_read_in_time(watched, path, header, value):
    watched.ask(Request("GET", path, ((header, value),)))


@pytest.mark.parametrize(
    "target",
    [
        "/unsub/state?" + "smid=f&" * 900,
        "/unsub/state?smid=" + "%41" * 10_000,
        "/unsub/" + "x" * 30_000,
        "/u/" + "x" * 30_000,
        "/u/" + "/" * 30_000,
        "/_unsub/" + "../" * 10_000,
        "/_unsub/?q=" + "%25" * 200,
        "/_unsub/?" + "q=&" * 10_000,
        "/ak_list_unsubscribe.js?id=" + "A" * 30_000,
    ],
)
def test_long_addresses_are_read_in_time(watched, target):
    watched.ask(Request("GET", target))


def test_a_near_miss_is_looked_for_among_as_many_as_there_is_time_for():
    """With the lock held: long ones of the same letters take a millisecond each."""
    known = [("ab" * 100)[:196] + f"{number:04}" for number in range(1_000)]
    left = iter(known)

    assert nearest_word("ab" * 100, left) in known
    assert len(list(left)) > 950
