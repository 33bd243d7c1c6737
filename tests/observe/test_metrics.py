"""/metrics: what was counted, for whom, and that strangers add no series."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import abort
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update

from akunsub.pixel.metrics import ACTIONS
from akunsub.platform import outbox, subscriptions, tables
from tests.conftest import DELAYED, INSTANT, PREVENTED, RTOKEN, SMID

TOKEN = "a-token-of-our-own-0001"
API_TOKEN = "abcdefghijklmnqrstuvwxyz"


def scrape(endpoint, **options):
    answer = endpoint.http.get(f"{endpoint.url}/metrics", **options)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return [sample for family in families for sample in family.samples]


def values(endpoint, name):
    return {tuple(one.labels.values()): one.value for one in scrape(endpoint) if one.name == name}


def test_calls_are_counted_by_what_they_do_the_mode_and_the_verdict(serve):
    endpoint = serve()
    endpoint.confirm()
    endpoint.confirm()
    endpoint.confirm(categories="nosuch")
    endpoint.confirm(smid="nosuch")
    endpoint.post("cancel", DELAYED)
    endpoint.post("cancel", INSTANT)
    endpoint.post("confirm", PREVENTED)
    endpoint.state()
    endpoint.http.get(f"{endpoint.url}/u/{DELAYED['smid']}")
    endpoint.http.get(f"{endpoint.url}/manage/{SMID}")
    endpoint.http.post(
        f"{endpoint.url}/api/v1.1/profiles/message_unsub",
        json={"token": API_TOKEN, "smid": SMID, "rtoken": RTOKEN},
    )

    assert values(endpoint, "akunsub_calls_total") == {
        ("confirm", "confirm", "good"): 2,
        ("confirm", "confirm", "bad"): 1,
        ("confirm", "", "bad"): 1,
        ("cancel", "delayed", "good"): 1,
        ("cancel", "instant", "bad"): 1,
        ("confirm", "prevented", "bad"): 1,
        ("state", "confirm", "good"): 1,
        ("link", "delayed", "good"): 1,
        ("manage", "confirm", "good"): 1,
        ("profiles/message_unsub", "confirm", "good"): 1,
    }


def test_what_could_not_be_stored_is_counted_once_as_bad(serve):
    endpoint = serve()
    with endpoint.store.write() as connection:
        connection.execute(text('ALTER TABLE "call" RENAME TO gone'))

    assert endpoint.confirm().status_code == 503
    assert sum(values(endpoint, "akunsub_calls_total").values()) == 1


def test_requests_are_timed(serve):
    endpoint = serve()
    endpoint.confirm()
    endpoint.http.get(f"{endpoint.url}/ak_list_unsubscribe.js")
    counts = values(endpoint, "akunsub_request_seconds_count")
    seconds = values(endpoint, "akunsub_request_seconds_sum")

    assert counts[("confirm",)] == 1
    assert 0 < seconds[("confirm",)] < 30


def test_a_request_that_is_turned_away_at_the_door_is_timed_too(serve):
    endpoint = serve()
    endpoint.app.before_request_funcs[None].insert(0, lambda: abort(421))

    assert endpoint.http.get(f"{endpoint.url}/healthz").status_code == 421
    endpoint.app.before_request_funcs[None].pop(0)
    assert values(endpoint, "akunsub_request_seconds_count") == {("healthz",): 1}


def test_what_strangers_ask_for_is_no_series_of_its_own(serve):
    endpoint = serve()

    def names():
        return {(one.name, *one.labels.values()) for one in scrape(endpoint)}

    def ask(word):
        for path in (f"unsub/{word}", f"api/v1.1/{word}", f"{word}", f"_unsub/{word}"):
            for method in ("GET", "POST", word.upper()):
                endpoint.http.request(method, f"{endpoint.url}/{path}")

    scrape(endpoint)
    ask("first")
    before = names()
    for number in range(20):
        ask(f"word{number}")

    assert names() == before
    assert values(endpoint, "akunsub_calls_total")[("other", "", "bad")] == 21 * 6
    assert not any("word" in "".join(labels) for labels in before)


def test_what_can_be_done_is_known():
    """Every action that the code has: one that is missing here would be told as other."""
    from typing import get_args

    from akunsub.pixel.api.methods import METHODS
    from akunsub.pixel.manage import OUTCOMES
    from akunsub.platform.rules import Action

    assert {*get_args(Action), *METHODS, *(f"manage_{one}" for one in OUTCOMES)} <= ACTIONS


def test_in_production_it_is_for_who_has_the_token(serve):
    endpoint = serve(production=True, metrics_token=TOKEN, inspector_token="another-token-0001")

    def status(method="GET", path="metrics", **options):
        return endpoint.http.request(method, f"{endpoint.url}/{path}", **options).status_code

    assert status(headers={"Authorization": f"Bearer {TOKEN}"}) == 200
    assert status(auth=("any", TOKEN)) == 200
    assert status() == 401
    assert status(headers={"Authorization": f"Bearer {TOKEN[:-1]}"}) == 401
    assert status(headers={"Authorization": "Bearer another-token-0001"}) == 401
    assert status(params={"token": TOKEN}) == 401
    assert status(path="_unsub/calls", headers={"Authorization": f"Bearer {TOKEN}"}) == 401


def test_in_production_without_a_token_it_is_not_there(serve):
    endpoint = serve(production=True, inspector_token=TOKEN)
    hidden, nothing_there = (
        endpoint.http.get(f"{endpoint.url}/{path}") for path in ("metrics", "_static/nosuch")
    )
    statuses = {
        endpoint.http.request(method, f"{endpoint.url}/metrics", auth=("any", TOKEN)).status_code
        for method in ("GET", "HEAD", "POST", "OPTIONS")
    }

    assert (statuses, hidden.text) == ({404}, nothing_there.text)


def test_the_outbox_is_looked_at_when_somebody_asks(serve):
    endpoint = serve()
    before = values(endpoint, "akunsub_outbox_rows")
    with endpoint.store.write() as connection:
        person = subscriptions.find_subscription(connection, SMID, datetime.now(UTC))
        for age_s, state in ((30, "waiting"), (20, "waiting"), (10, "dead"), (-60, "waiting")):
            at = datetime.now(UTC) - timedelta(seconds=age_s)
            outbox.add(connection, person, categories=None, now=at, due_at=at)
            if state == "dead":
                connection.execute(
                    update(tables.outbox).where(tables.outbox.c.made_at == at).values(state="dead")
                )

    assert before == {("waiting",): 0, ("dead",): 0}
    assert values(endpoint, "akunsub_outbox_rows") == {("waiting",): 3, ("dead",): 1}
    (oldest,) = values(endpoint, "akunsub_outbox_oldest_seconds").values()
    assert 30 <= oldest < 60


def test_without_its_database_the_rest_is_told(serve):
    endpoint = serve()
    endpoint.confirm()
    with endpoint.store.write() as connection:
        tables.outbox.drop(connection)

    assert values(endpoint, "akunsub_outbox_rows") == {}
    assert values(endpoint, "akunsub_calls_total") == {("confirm", "confirm", "good"): 1}


@pytest.mark.parametrize("production", [False, True])
def test_applications_count_for_themselves(serve, tmp_path, production):
    options = {"production": production, "metrics_token": TOKEN}
    one = serve(tmp_path / "one.db", **options)
    other = serve(tmp_path / "other.db", **options)
    one.confirm()
    header = {"Authorization": f"Bearer {TOKEN}"}

    def count(endpoint):
        return sum(
            it.value for it in scrape(endpoint, headers=header) if it.name == "akunsub_calls_total"
        )

    assert (count(one), count(other)) == (1, 0)
