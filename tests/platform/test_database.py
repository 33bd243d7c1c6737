"""Addresses of databases, and what both kinds keep and refuse alike."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from akunsub.errors import StoreUnavailableError
from akunsub.platform import database as addresses
from akunsub.platform import ledger, subscriptions, tables
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from tests.conftest import SMID

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


def call(**fields):
    facts = {
        "at": NOW,
        "action": "confirm",
        "smid": None,
        "categories": None,
        "resource_id": None,
        "verdict": "good",
        "reason": "ok",
        "rule": "ok",
        "request": {},
        "answer": {},
    }
    return ledger.Call(**facts | fields)


@pytest.mark.parametrize(
    ("database", "driver"),
    [
        ("postgresql://host/name", "postgresql+psycopg"),
        ("postgres://host/name", "postgresql+psycopg"),
        ("postgresql+psycopg2://host/name", "postgresql+psycopg"),
        ("sqlite:///file.db", "sqlite"),
        ("file.db", "sqlite"),
    ],
)
def test_an_address_names_its_driver(database, driver):
    assert addresses.read_url(database).drivername == driver


def test_a_file_can_have_any_name(tmp_path):
    Store(tmp_path / "50% of a?b #1.db", load_sample()).close()

    assert (tmp_path / "50% of a?b #1.db").exists()


@pytest.mark.parametrize(
    "database",
    [
        "postgresql://user:s3cret@127.0.0.1:1/name",
        "postgresql://user@127.0.0.1:1/name?password=s3cret",
        "postgresql://user:s3cret@127.0.0.1:1/name?nosuch=x",
        "postgresql://user:s3cret@127.0.0.1:port/name",
        "mysql://user:s3cret@127.0.0.1/name",
        "nosuch+://user:s3cret@127.0.0.1/name",
    ],
)
def test_a_password_is_in_no_message(database):
    with pytest.raises(StoreUnavailableError) as raised:
        Store(database, load_sample())

    assert "s3cret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_driver_is_told_with_what_to_install():
    code = (
        "import sys\n"
        "sys.modules['psycopg'] = None\n"
        "from akunsub.platform.store import Store\n"
        "from akunsub.platform.settings_file import load_sample\n"
        "from akunsub.errors import StoreUnavailableError\n"
        "try: Store('postgresql://user:pw@host/name', load_sample())\n"
        "except StoreUnavailableError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == (
        "cannot use the database postgresql://user:***@host/name: its driver is missing: "
        "pip install 'akunsub[postgresql]'\n"
    )


def test_what_is_committed_is_on_disk(store):
    settings = {
        "sqlite": ["PRAGMA synchronous", "PRAGMA journal_mode"],
        "postgresql": ["SHOW synchronous_commit", "SHOW lock_timeout"],
    }
    with store.write() as connection:
        kind = connection.dialect.name
        found = [connection.scalar(text(statement)) for statement in settings[kind]]

    assert found == {"sqlite": [2, "wal"], "postgresql": ["on", "10s"]}[kind]


def test_a_server_that_would_lose_commits_is_overruled(postgresql):
    database = postgresql.new()
    name = database.partition("?")[0].rpartition("/")[2]
    postgresql.run(f"ALTER DATABASE {name} SET synchronous_commit = off")

    store = Store(database, load_sample())

    with store.write() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"
    store.close()


def test_times_flags_and_lists_come_back_as_they_were(store):
    elsewhere = NOW.astimezone(timezone(timedelta(hours=3)))
    nested = {"a": [1, None, True, "é\u2028\0\ud800"]}
    with store.write() as connection:
        connection.execute(
            update(tables.subscription).values(
                suspended_until=elsewhere, is_delete=True, custom_fields=nested
            )
        )
        found = subscriptions.find_subscription(connection, SMID, NOW)

    assert found.state.suspended_until == NOW
    assert found.state.suspended_until.tzinfo is UTC
    assert found.is_delete is True
    assert found.custom_fields == nested


def test_a_time_without_a_zone_is_refused(store):
    with store.write() as connection, pytest.raises(Exception, match="use an aware datetime"):
        connection.execute(update(tables.subscription).values(kept_at=NOW.replace(tzinfo=None)))


def test_text_that_cannot_be_stored_is_recorded_all_the_same(store):
    odd = call(action="a\0b\ud800c", smid="s\0", request={"headers": {"X": "\0\ud800"}})

    with store.write() as connection:
        ledger.record(connection, odd)
        (found,) = ledger.list_calls(connection, smid="s\0")

    assert (found["action"], found["smid"]) == ("a�b�c", "s�")
    assert found["request"] == {"headers": {"X": "\0\ud800"}}


def test_lists_are_bounded(store):
    with store.write() as connection:
        for _ in range(5):
            ledger.record(connection, call())
        lengths = [
            len(subscriptions.list_messages(connection, limit=3)),
            len(subscriptions.list_subscriptions(connection, NOW, limit=3)),
            len(ledger.list_calls(connection, limit=3)),
            len(ledger.search_calls(connection, ledger.Search(), limit=3)),
        ]

    assert lengths == [3, 3, 3, 3]


def test_a_reset_waits_for_calls_under_way_and_leaves_the_configured_state(store):
    """The call holds a subscription that the reset is about to remove, and then adds to it."""
    began = threading.Event()
    reset = threading.Thread(target=lambda: (began.wait(30), store.reset()))
    reset.start()
    with store.write() as connection:
        found = subscriptions.find_subscription(connection, SMID, NOW, for_update=True)
        began.set()
        connection.execute(
            insert(tables.category_choice).values(
                subscription_id=found.id, name="category_1", is_left=True, chosen_at=NOW
            )
        )
        ledger.record(connection, call())
    reset.join(timeout=30)

    assert not reset.is_alive()
    with store.read() as connection:
        assert connection.execute(select(tables.category_choice)).all() == []
        assert ledger.list_calls(connection) == []
        assert subscriptions.count_messages(connection) == 10


class TestTransact:
    def test_a_transaction_that_others_were_in_the_way_of_is_done_again(self, postgresql):
        """A real deadlock: two transactions change two rows in opposite orders."""
        store = Store(postgresql.new(), load_sample())
        both_hold_one = threading.Barrier(2)
        tries = []

        def change(first, second):
            def work(connection):
                tries.append(first)
                touch(connection, first)
                if len(tries) <= 2:
                    both_hold_one.wait(timeout=20)
                touch(connection, second)

            store.transact(work)

        threads = [threading.Thread(target=change, args=ids) for ids in ((1, 2), (2, 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)

        with store.read() as connection:
            table = tables.subscription
            query = select(table.c.priority).where(table.c.id.in_([1, 2]))
            assert connection.scalars(query).all() == [2, 2]
        assert len(tries) == 3
        store.close()

    def test_what_can_never_succeed_ends(self, postgresql):
        """A row that is there already, each time."""
        store = Store(postgresql.new(), load_sample())
        tries = []

        def work(connection):
            tries.append(1)
            connection.execute(insert(tables.message).values(smid=SMID, subscription_id=1))

        with pytest.raises(IntegrityError):
            store.transact(work)

        assert len(tries) == 5
        store.close()

    def test_a_fault_of_the_program_is_not_tried_again(self, store):
        tries = []

        def work(connection):
            tries.append(1)
            connection.execute(text("SELECT * FROM nosuch"))

        with pytest.raises(DBAPIError):
            store.transact(work)

        assert tries == [1]


def touch(connection, subscription_id):
    table = tables.subscription
    connection.execute(
        update(table).where(table.c.id == subscription_id).values(priority=table.c.priority + 1)
    )
