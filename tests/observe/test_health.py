"""/healthz and /readyz: the process, and whether anybody should be sent to it."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import create_engine, text

OK = (200, {"status": "ok"}, None)
NOT_NOW = (503, {"status": "unavailable"}, "1")


def ask(endpoint, name):
    answer = endpoint.http.get(f"{endpoint.url}/{name}")
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json(), answer.headers.get("retry-after")


@pytest.mark.parametrize("production", [False, True])
def test_it_is_ready_while_the_database_answers(serve, production):
    endpoint = serve(production=production)

    assert [ask(endpoint, name) for name in ("healthz", "readyz")] == [OK, OK]


@pytest.mark.parametrize(
    "change",
    ["UPDATE alembic_version SET version_num = '9999'", "DROP TABLE alembic_version"],
)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_it_is_not_ready_with_another_schema(serve, tmp_path, request, kind, change):
    at = tmp_path / "own.db"
    if kind == "postgresql":
        at = request.getfixturevalue("postgresql").new()
    endpoint = serve(at, production=True)
    before = ask(endpoint, "readyz")
    with endpoint.store.write() as connection:
        connection.execute(text(change))

    assert before == OK
    assert [ask(endpoint, name) for name in ("healthz", "readyz")] == [OK, NOT_NOW]


def test_it_is_not_ready_while_the_database_is_away_and_is_again(serve, postgresql):
    url = postgresql.new()
    name = url.partition("?")[0].rpartition("/")[2]
    endpoint = serve(url, production=True)

    postgresql.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgresql.run(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
    )
    away = [ask(endpoint, one) for one in ("healthz", "readyz")]
    postgresql.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    assert away == [OK, NOT_NOW]
    assert ask(endpoint, "readyz") == OK


def test_a_database_that_hangs_holds_one_thread_for_it(serve, postgresql):
    url = postgresql.new()
    endpoint = serve(url, production=True)
    blocker = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    statuses = []

    def check():
        statuses.append(ask(endpoint, "readyz"))

    with blocker.begin() as connection:
        connection.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        threads = [threading.Thread(target=check) for _ in range(4)]
        for thread in threads:
            thread.start()
        give_up_at = time.monotonic() + 20
        # One hangs with the database, the others are told.
        while len(statuses) < 3 and time.monotonic() < give_up_at:
            threads[0].join(0.01)
        waiting = connection.execute(
            text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        ).scalar_one()
    for thread in threads:
        thread.join(30)
    blocker.dispose()

    assert waiting == 1
    assert sorted(statuses) == [OK, NOT_NOW, NOT_NOW, NOT_NOW]


def test_it_is_not_ready_once_a_stop_has_begun(serve):
    endpoint = serve()
    assert ask(endpoint, "readyz") == OK
    endpoint.server._drain_s = 1
    stopping = threading.Thread(target=endpoint.server.stop)
    stopping.start()
    endpoint.server._is_stopping.wait(20)

    assert [ask(endpoint, name) for name in ("healthz", "readyz")] == [OK, NOT_NOW]
    stopping.join(20)


def test_who_waits_for_calls_is_answered_when_it_stops(serve):
    endpoint = serve()
    answers = []

    def wait_for_calls():
        answers.append(endpoint.http.get(f"{endpoint.url}/_unsub/calls", params={"wait": 60}))

    waiting = threading.Thread(target=wait_for_calls)
    waiting.start()
    while not any(one.requests for one in [*endpoint.server._server.active_channels.values()]):
        waiting.join(0.01)

    assert endpoint.server.stop() is True
    waiting.join(20)
    assert answers[0].json() == {"calls": []}
