"""Requests that hold what a database cannot keep: told, recorded, never a fault of ours."""

from __future__ import annotations

import pytest

from tests.conftest import SCRIPT_ID, SMID

ZERO = "a\0b"
HALF = '"\\ud800"'


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("POST", "/unsub/con%00firm", {}, 404, "unknown_path"),
        ("POST", "/unsub/confirm?x=%00%ff", {"data": {"smid": ZERO}}, 400, "bad_body"),
        ("GET", "/unsub/state?smid=%00", {}, 400, "bad_body"),
        ("POST", "/unsub/confirm", {"json": {"smid": SMID, "rtoken": ZERO}}, 400, "bad_body"),
        ("POST", "/unsub/confirm", {"content": f'{{"smid": {HALF}}}'}, 400, "bad_body"),
        ("POST", "/unsub/confirm", {"json": {"smid": SMID, ZERO: "x"}}, 400, "missing_resource"),
        ("POST", "/unsub/confirm", {"content": b"\0"}, 400, "bad_body"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_recorded(
    endpoint, method, path, options, status, code
):
    answer = endpoint.http.request(method, endpoint.url + path, **options)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [call["rule"] for call in endpoint.calls()] == [code]


def test_bytes_of_no_meaning_in_a_header_are_recorded(endpoint):
    answer = endpoint.http.post(
        f"{endpoint.url}/unsub/confirm",
        data={"smid": SMID, "id": SCRIPT_ID},
        headers={"X-Odd": b"\x80\xff"},
    )

    assert answer.status_code == 200
    assert [call["rule"] for call in endpoint.calls()] == ["ok"]


def test_asking_for_calls_of_what_cannot_be_stored_finds_none(endpoint):
    endpoint.confirm()

    assert endpoint.calls(smid=ZERO) == []
