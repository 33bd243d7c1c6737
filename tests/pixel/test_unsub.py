"""The wire, over a real socket."""

import json
import socket
import urllib.parse

import pytest

from tests.conftest import PROFILE_ID, RTOKEN, SCRIPT_ID, SMID, UNSUBSCRIBED, result

FORM = "application/x-www-form-urlencoded"
SUCCESS = {"error": 0, "error_text": "Successful operation"}


def test_confirm_answers_the_platforms_envelope_and_the_result(endpoint):
    answer = endpoint.confirm()

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert result(answer) == SUCCESS | UNSUBSCRIBED
    assert list(answer.json())[:3] == ["error", "error_text", "profile_id"]


def test_confirm_with_categories_leaves_only_those(endpoint):
    answer = endpoint.confirm(categories=["category_1", "category_2"])

    assert result(answer) == SUCCESS | UNSUBSCRIBED | {
        "status": "subscribed",
        "categories": ["category_1", "category_2"],
    }


def test_rtoken_names_the_resource_as_well_as_id(endpoint):
    assert endpoint.post("confirm", {"smid": SMID, "rtoken": RTOKEN}).json()["error"] == 0


def test_cancel_is_refused_in_confirm_mode(endpoint):
    answer = endpoint.post("cancel", {"smid": SMID, "id": SCRIPT_ID})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_delayed")


def test_state_tells_and_changes_nothing(endpoint):
    before = endpoint.state()
    endpoint.confirm(categories="category_1")

    assert before == SUCCESS | UNSUBSCRIBED | {"status": "subscribed"}
    assert endpoint.state() == before | {"categories": ["category_1"]}


@pytest.mark.parametrize("content_type", ["application/json", "text/plain;charset=UTF-8", None])
def test_json_is_taken_as_well(endpoint, content_type):
    body = json.dumps({"smid": SMID, "id": SCRIPT_ID, "categories": ["category_1"], "extra": {}})
    headers = {"content-type": content_type} if content_type else {}

    answer = endpoint.http.post(
        f"{endpoint.url}/unsub/confirm", content=body.encode(), headers=headers
    )

    assert answer.json()["categories"] == ["category_1"]


def test_json_null_is_everything_as_undefined_is(endpoint):
    answer = endpoint.http.post(
        f"{endpoint.url}/unsub/confirm",
        json={"smid": SMID, "id": SCRIPT_ID, "categories": None},
    )

    assert answer.json()["status"] == "unsubscribed"


def test_a_form_without_script_gets_a_page(endpoint):
    browser = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

    done = endpoint.post("confirm", {"smid": SMID, "id": SCRIPT_ID}, headers=browser)
    refused = endpoint.post("confirm", {"smid": "fNobody", "id": SCRIPT_ID}, headers=browser)

    assert done.status_code == 200
    assert done.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>You are unsubscribed</h1>" in done.text
    assert done.headers["x-robots-tag"] == "noindex, nofollow"
    assert done.headers["referrer-policy"] == "no-referrer"
    assert refused.status_code == 404
    assert "<h1>This link does not work</h1>" in refused.text
    assert "smid" not in refused.text


def test_markup_in_a_call_is_text_on_the_page(endpoint):
    page = endpoint.post(
        "confirm",
        {"smid": SMID, "id": SCRIPT_ID, "categories": "<img src=x onerror=alert(1)>"},
        headers={"accept": "text/html"},
    )

    assert "<img" not in page.text
    assert "&lt;img" in page.text


class TestRepeatedRequest:
    def test_it_gets_the_first_answer_again(self, endpoint):
        first = endpoint.confirm(request_id="r1")
        again = endpoint.confirm(request_id="r1")

        assert "duplicate-request" not in first.headers
        assert again.headers["duplicate-request"] == "true"
        assert again.text == first.text
        assert [call["reason"] for call in endpoint.calls()] == ["ok", "duplicate"]

    def test_another_id_is_another_call(self, endpoint):
        endpoint.confirm(request_id="r1")

        assert endpoint.confirm(request_id="r2").json()["already"] is True

    def test_a_refusal_is_not_kept(self, endpoint):
        """Nothing was done, so the same intent may be tried again when the cause is gone."""
        refused = [endpoint.confirm(request_id="r1", categories="nope") for _ in range(2)]

        assert [answer.status_code for answer in refused] == [400, 400]
        assert "duplicate-request" not in refused[1].headers

    @pytest.mark.parametrize("other", [{}, {"categories": "category_2"}, {"id": "MXwz"}])
    def test_the_id_of_another_call_is_refused(self, endpoint, other):
        endpoint.confirm(request_id="r1", categories="category_1")

        answer = endpoint.confirm(request_id="r1", **other)

        assert (answer.status_code, answer.json()["code"]) == (409, "request_id_reused")
        assert endpoint.state()["status"] == "subscribed"


class TestCors:
    def test_any_origin(self, endpoint):
        headers = endpoint.confirm().headers

        assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in headers

    def test_a_page_that_sends_credentials_can_read_the_answer(self, endpoint):
        """There are no cookies to send; but a browser takes "*" for a no then."""
        page = {"origin": "https://shop.example"}
        headers = endpoint.post("confirm", GOOD, headers=page).headers

        assert headers["access-control-allow-origin"] == "https://shop.example"
        assert headers["access-control-allow-credentials"] == "true"
        assert "Origin" in headers["vary"]

    def test_a_refusal_can_be_read_too(self, endpoint):
        assert endpoint.confirm(smid="fNobody").headers["access-control-allow-origin"] == "*"

    def test_a_preflight_is_answered_and_recorded(self, endpoint):
        answer = endpoint.http.options(
            f"{endpoint.url}/unsub/confirm",
            headers={
                "origin": "https://shop.example",
                "access-control-request-method": "POST",
                "access-control-request-headers": "content-type",
            },
        )

        assert answer.status_code == 204
        assert answer.headers["access-control-allow-methods"] == "GET, POST"
        assert answer.headers["access-control-allow-headers"] == "Content-Type"
        (call,) = endpoint.calls()
        assert (call["request"]["method"], call["verdict"], call["reason"]) == (
            "OPTIONS",
            "good",
            "preflight",
        )


GOOD = {"smid": SMID, "id": SCRIPT_ID}
ENCODED = urllib.parse.urlencode(GOOD).encode()
BAD_BODIES = [
    ("no smid", FORM, b"id=MXw3Mw==", 400, "missing_smid"),
    ("empty body", FORM, b"", 400, "missing_smid"),
    ("unknown smid", FORM, b"smid=fNobody&id=MXw3Mw==", 404, "unknown_smid"),
    ("smid of another resource", FORM, f"smid={SMID}&id=MXwz".encode(), 403, "wrong_resource"),
    ("wrong token", FORM, f"smid={SMID}&rtoken=x".encode(), 403, "wrong_rtoken"),
    ("no resource", FORM, f"smid={SMID}".encode(), 400, "missing_resource"),
    ("malformed id", FORM, f"smid={SMID}&id=!".encode(), 400, "bad_id"),
    ("unknown category", FORM, ENCODED + b"&categories=nope", 400, "unknown_category"),
    ("nothing ticked", FORM, ENCODED + b"&categories=", 400, "no_categories"),
    ("smid twice", FORM, ENCODED + b"&smid=" + SMID.encode(), 400, "bad_body"),
    ("zero character", FORM, ENCODED + b"&request_id=%00", 400, "bad_body"),
    ("age in words", FORM, ENCODED + b"&age_ms=old", 400, "bad_body"),
    ("negative age", FORM, ENCODED + b"&age_ms=-1", 400, "bad_body"),
    ("endless request_id", FORM, ENCODED + b"&request_id=" + b"r" * 101, 400, "bad_request_id"),
    ("broken UTF-8", FORM, ENCODED + b"&x=\xff", 400, "bad_body"),
    ("broken UTF-8, encoded", FORM, ENCODED + b"&x=%ff", 400, "bad_body"),
    ("too many fields", FORM, ENCODED + b"&a=1" * 1000, 400, "bad_body"),
    ("64 KiB and a byte", FORM, ENCODED.ljust(64 * 1024 + 1, b"&"), 413, "body_too_large"),
    ("10 MB", FORM, ENCODED.ljust(10_000_000, b"&"), 413, "body_too_large"),
    ("wrong content type", "image/png", ENCODED, 415, "wrong_content_type"),
    ("XML", "application/xml", b"<xml/>", 415, "wrong_content_type"),
    ("another charset", f"{FORM}; charset=windows-1251", ENCODED, 415, "wrong_content_type"),
    ("multipart", "multipart/form-data; boundary=x", b"--x--", 415, "wrong_content_type"),
    ("broken JSON", "application/json", b'{"smid":', 400, "bad_body"),
    ("JSON that is no object", "application/json", b"[]", 400, "bad_body"),
    ("JSON number as smid", "application/json", b'{"smid": 1}', 400, "bad_body"),
    ("JSON key twice", "application/json", b'{"smid": "f", "smid": "f"}', 400, "bad_body"),
    ("JSON NaN", "application/json", b'{"v": NaN}', 400, "bad_body"),
    ("JSON lone surrogate", "application/json", b'{"smid": "\\ud800"}', 400, "bad_body"),
    ("JSON 30,000 deep", "application/json", b"[" * 30_000, 400, "bad_body"),
    ("JSON huge number", "application/json", b'{"v": ' + b"9" * 5000 + b"}", 400, "bad_body"),
    (
        "JSON categories as text",
        "application/json",
        json.dumps(GOOD | {"categories": "category_1"}).encode(),
        400,
        "bad_body",
    ),
    (
        "JSON []",
        "application/json",
        json.dumps(GOOD | {"categories": []}).encode(),
        400,
        "no_categories",
    ),
]


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [row[1:] for row in BAD_BODIES],
    ids=[row[0] for row in BAD_BODIES],
)
def test_bad_input_is_told_recorded_and_changes_nothing(endpoint, content_type, body, status, code):
    answer = endpoint.http.post(
        f"{endpoint.url}/unsub/confirm", content=body, headers={"content-type": content_type}
    )

    assert (answer.status_code, answer.json()["error"], answer.json()["code"]) == (
        status,
        status,
        code,
    )
    (call,) = endpoint.calls()
    assert (call["verdict"], call["answer"]["status"]) == ("bad", status)
    assert call["reason"].startswith(f"{code}: ")
    assert endpoint.state()["status"] == "subscribed"
    assert endpoint.state()["categories"] == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"confirm?smid={SMID}&id={SCRIPT_ID}", 405, "wrong_method"),
        ("PUT", "confirm", 405, "wrong_method"),
        ("BREW", "confirm", 405, "wrong_method"),
        ("GET", f"cancel?smid={SMID}", 405, "wrong_method"),
        ("POST", "state", 405, "wrong_method"),
        ("POST", "nosuch", 404, "unknown_path"),
        ("POST", "confirm/", 404, "unknown_path"),
        ("GET", "state", 400, "missing_smid"),
        ("GET", "state?smid=%ff", 400, "bad_body"),
        ("GET", "state?smid=fNobody", 404, "unknown_smid"),
    ],
)
def test_a_wrong_method_or_path_is_a_bad_call(endpoint, method, path, status, code):
    answer = endpoint.http.request(method, f"{endpoint.url}/unsub/{path}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    (call,) = endpoint.calls()
    assert (call["verdict"], call["request"]["method"]) == ("bad", method)
    assert endpoint.state()["status"] == "subscribed"


def test_head_never_unsubscribes(endpoint):
    answer = endpoint.http.head(
        f"{endpoint.url}/unsub/confirm", params={"smid": SMID, "id": SCRIPT_ID}
    )

    assert answer.status_code == 405
    assert endpoint.state()["status"] == "subscribed"


@pytest.mark.parametrize(
    "raw",
    [
        b"POST /unsub/confirm HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /unsub/confirm HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n",
        b"POST /unsub/confirm HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"POST /unsub/%00%ff\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /unsub/confirm?a=%00&%ff HTTP/1.1\r\nHost: x\r\nX-A: \xff\x00\r\n\r\n",
    ],
)
def test_what_is_hardly_http_gets_no_500(endpoint, raw):
    host, port = endpoint.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(raw)
        answer = client.recv(65536)

    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    assert endpoint.state()["status"] == "subscribed"


def test_what_is_stored_of_a_call_is_what_came_and_what_was_answered(endpoint):
    answer = endpoint.confirm(categories=["category_1"], request_id="r1")

    (call,) = endpoint.calls()
    assert call["request"]["headers"]["Content-Type"] == FORM
    assert call | {"id": 1, "at": "", "request": {**call["request"], "headers": {}}} == {
        "id": 1,
        "at": "",
        "action": "confirm",
        "smid": SMID,
        "categories": ["category_1"],
        "resource_id": 73,
        "verdict": "good",
        "reason": "ok",
        "rule": "ok",
        "fix": None,
        "nearest": None,
        "warnings": [],
        "event": None,
        "request": {
            "method": "POST",
            "path": "/unsub/confirm",
            "headers": {},
            "body": urllib.parse.urlencode(GOOD | {"categories": "category_1", "request_id": "r1"}),
        },
        "answer": {"status": 200, "body": answer.text},
    }


def test_the_answer_says_whose_it_is(endpoint):
    assert endpoint.confirm().json()["profile_id"] == PROFILE_ID
