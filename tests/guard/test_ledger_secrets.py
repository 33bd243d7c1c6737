"""What the ledger does not keep of a call: who reads it must not become somebody else by that."""

import json

import pytest
from sqlalchemy import select

from akunsub.platform import tables
from tests.conftest import SCRIPT_ID, SMID


def test_cookies_and_credentials_are_not_kept(start):
    """A pixel host below the shop's domain gets the shop's cookies, by any link."""
    endpoint = start()
    headers = {
        "Cookie": "session=s3cret",
        "Authorization": "Basic s3cret",
        "Proxy-Authorization": "Basic s3cret",
        "User-Agent": "A browser",
    }
    endpoint.ask("GET", f"/u/{SMID}", headers=headers)
    endpoint.ask("POST", f"/manage/{SMID}", data={"do": "unsubscribe"}, headers=headers)
    endpoint.ask("POST", "/unsub/confirm", data={"smid": SMID, "id": SCRIPT_ID}, headers=headers)

    with endpoint.store.read() as connection:
        requests = connection.scalars(select(tables.call.c.request)).all()

    assert len(requests) == 3
    assert "s3cret" not in json.dumps(requests)
    assert {one["headers"]["Cookie"] for one in requests} == {"(not kept)"}
    assert {one["headers"]["User-Agent"] for one in requests} == {"A browser"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cookie", "session=s3cret"),
        ("Authorization", "s3cret"),
        ("Authorization", "Bearer s3cret"),
        ("Proxy-Authorization", "Basic s3cret"),
        ("Referer", "https://shop.example/?a=b&token=s3cret"),
        ("X-Odd", "{TOKEN}"),
    ],
)
def test_each_by_itself(start, name, value):
    endpoint = start()
    token = endpoint.store.settings.api.token
    headers = {name: value.format(TOKEN=token), "User-Agent": "A browser"}
    endpoint.ask("POST", "/unsub/confirm", data={"smid": SMID, "id": SCRIPT_ID}, headers=headers)

    with endpoint.store.read() as connection:
        kept = connection.scalars(select(tables.call.c.request)).one()["headers"]

    assert kept["User-Agent"] == "A browser"
    assert name in kept
    assert "s3cret" not in json.dumps(kept)
    assert token not in json.dumps(kept)
