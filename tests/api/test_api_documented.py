"""Each request that the documentation prints gets the answer that it prints, to the byte."""

import re
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from akunsub.platform import tables

DOCUMENTED = Path(__file__).with_name("documented.toml")
PAIRS = tomllib.loads(DOCUMENTED.read_text(encoding="utf-8"))["pairs"]
COMMENT = re.compile(r" *// .*$", re.MULTILINE)


def set_up(api, subscribed):
    """See to it that so many email subscriptions of database 1 are subscribed."""
    c = tables.subscription.c
    with api.store.read() as connection:
        query = select(func.count()).where(c.channel == "email", c.db_id == 1)
        already = connection.scalar(query)
    api.add(subscribed - already)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['page']}, {pair['format']}")
def test_documented_request_gets_the_documented_answer(api, pair):
    if "subscribed" in pair:
        set_up(api, pair["subscribed"])
    request = COMMENT.sub("", pair["request"])

    answer = api.send(pair["method"], request, content_type=f"application/{pair['format']}")

    assert answer.content == pair["answer"].encode()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"application/{pair['format']}"


def test_all_seven_pairs_are_in_the_table():
    assert [(pair["method"].rpartition("/")[2], pair["format"]) for pair in PAIRS] == [
        ("message_unsub", "json"),
        ("message_unsub", "xml"),
        ("delete", "json"),
        ("delete", "xml"),
        ("message_unsub", "json"),
        ("suspend_all", "json"),
        ("suspend_all", "xml"),
    ]
