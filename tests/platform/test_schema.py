"""Schema versions: new databases, older ones, newer ones, and somebody else's."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, inspect, select, text

from akunsub.errors import StoreUnavailableError
from akunsub.platform import database as databases_module
from akunsub.platform import deduplication, ledger, schema, subscriptions, tables
from akunsub.platform.intents import Intent
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from akunsub.platform.unsubscribe import apply
from tests.conftest import PROFILE_ID, SCRIPT_ID, SMID

LEFT_AT = datetime(2026, 11, 1, 9, 30, 0, 250000, tzinfo=UTC)
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

# What a database was given before there were versions.
FIRST_TABLES = """
CREATE TABLE resource (
    account_id BIGINT NOT NULL, resource_id BIGINT NOT NULL, title TEXT NOT NULL,
    rtoken TEXT NOT NULL, mode VARCHAR(20) NOT NULL,
    PRIMARY KEY (account_id, resource_id), UNIQUE (rtoken));
CREATE TABLE category (
    account_id BIGINT NOT NULL, resource_id BIGINT NOT NULL, name VARCHAR(100) NOT NULL,
    title TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (account_id, resource_id, name));
CREATE TABLE subscription (
    id {row_id}, account_id BIGINT NOT NULL, resource_id BIGINT NOT NULL,
    profile_id VARCHAR(24) NOT NULL, channel VARCHAR(20) NOT NULL, address TEXT NOT NULL,
    status VARCHAR(20) NOT NULL, unsubscribed_at {time},
    PRIMARY KEY (id), UNIQUE (account_id, resource_id, profile_id, channel, address));
CREATE TABLE message (
    smid VARCHAR(200) NOT NULL, subscription_id {reference} NOT NULL,
    PRIMARY KEY (smid), FOREIGN KEY(subscription_id) REFERENCES subscription (id));
CREATE TABLE left_category (
    subscription_id {reference} NOT NULL, name VARCHAR(100) NOT NULL, left_at {time} NOT NULL,
    PRIMARY KEY (subscription_id, name),
    FOREIGN KEY(subscription_id) REFERENCES subscription (id));
CREATE TABLE answered_request (
    request_id VARCHAR(200) NOT NULL, fingerprint TEXT NOT NULL, answered_at {time} NOT NULL,
    answer JSON NOT NULL, PRIMARY KEY (request_id));
CREATE TABLE call (
    {call_id}, at {time} NOT NULL, action TEXT NOT NULL, smid TEXT, categories JSON,
    resource_id BIGINT, verdict VARCHAR(4) NOT NULL, reason TEXT NOT NULL, request JSON NOT NULL,
    answer JSON NOT NULL{call_key});
CREATE INDEX call_by_smid ON call (smid, id)
"""
_WORDS = {
    "sqlite": {
        "row_id": "INTEGER NOT NULL",
        "reference": "INTEGER",
        "time": "DATETIME",
        "call_id": "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
        "call_key": "",
    },
    "postgresql": {
        "row_id": "BIGSERIAL NOT NULL",
        "reference": "BIGINT",
        "time": "TIMESTAMP WITHOUT TIME ZONE",
        "call_id": "id BIGSERIAL NOT NULL",
        "call_key": ", PRIMARY KEY (id)",
    },
}
# Two people: one left everything, the other one category. A call that was bad, one that was good,
# and ids that were used up before a reset.
FIRST_ROWS = f"""
INSERT INTO resource VALUES (1, 73, 'Old Shop', 'old', 'confirm');
INSERT INTO category VALUES (1, 73, 'category_1', 'Old offers', 0);
INSERT INTO subscription (account_id, resource_id, profile_id, channel, address, status,
    unsubscribed_at) VALUES
    (1, 73, '{PROFILE_ID}', 'email', 'john@example.com', 'unsubscribed',
        '2026-11-01 09:30:00.250000'),
    (1, 73, 'abc', 'sms', '+7900', 'subscribed', NULL);
INSERT INTO message VALUES ('{SMID}', 1), ('fOther', 2);
INSERT INTO left_category VALUES (2, 'category_1', '2026-11-01 09:30:00.250000');
INSERT INTO answered_request VALUES
    ('r1', 'confirm', '2026-11-01 09:30:00.250000', '{{"error": 0}}');
INSERT INTO call (at, action, smid, categories, verdict, reason, request, answer) VALUES
    ('2026-11-01 09:30:00.250000', 'confirm', '{SMID}', 'null', 'good', 'ok', '{{}}', '{{}}'),
    ('2026-11-01 09:31:00.000000', 'confirm', 'fNobody', '["a"]', 'bad',
        'unknown_smid: smid is unknown: ask', '{{}}', '{{}}'),
    ('2026-11-01 09:32:00.000000', 'confirm', '', 'null', 'good', 'ok', '{{}}', '{{}}');
DELETE FROM call WHERE smid = ''
"""  # noqa: S608


def engine_of(database):
    return databases_module.make_engine(databases_module.read_url(database), pool_size=2)


def run(database, script):
    engine = engine_of(database)
    with engine.begin() as connection:
        for statement in script.split(";"):
            connection.execute(text(statement.replace(":", "\\:")))
    engine.dispose()


def make_first(database):
    engine = engine_of(database)
    script = FIRST_TABLES.format(**_WORDS[engine.dialect.name])
    engine.dispose()
    run(database, script)
    run(database, FIRST_ROWS)


def contents(database):
    """Every table with its columns and rows."""
    engine = engine_of(database)
    with engine.execution_options(is_reader=True).begin() as connection:
        inspector = inspect(connection)
        found = {
            name: (
                [column["name"] for column in inspector.get_columns(name)],
                [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))],  # noqa: S608
            )
            for name in inspector.get_table_names()
        }
    engine.dispose()
    return found


@pytest.fixture
def fresh(databases):
    """A database with nothing in it."""
    return databases.new()


@pytest.fixture
def first(fresh):
    """A database of the first schema, with what two people did."""
    make_first(fresh)
    return fresh


@pytest.fixture(params=["new", "older"])
def opened(request, fresh):
    """A store on a new database, or on one that was the first schema's."""
    if request.param == "older":
        make_first(fresh)
    store = Store(fresh, load_sample())
    yield store
    store.close()


def compare_default(_context, _found, column, found_default, _default, known_default):
    """Leave it to alembic, except for JSON, which PostgreSQL cannot compare."""
    if not isinstance(column.type, JSON):
        return None
    return str(found_default).removesuffix("::json").strip("'") != str(known_default).strip("'")


def test_the_steps_lead_to_the_tables_that_the_program_uses(opened):
    with opened.write() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_server_default": compare_default}
        )

        assert compare_metadata(context, tables.metadata) == []


def test_the_program_knows_its_own_steps():
    config = Config()
    config.set_main_option("script_location", "akunsub.platform:migrations")
    script = ScriptDirectory.from_config(config)
    steps = [step.revision for step in script.walk_revisions()]

    assert (script.get_current_head(), tuple(reversed(steps))) == (schema.LATEST, schema.KNOWN)


def test_what_people_did_in_an_older_database_is_there(first):
    store = Store(first, load_sample())
    with store.read() as connection:
        john = subscriptions.find_subscription(connection, SMID, NOW)
        other = subscriptions.find_subscription(connection, "fOther", NOW)
        answer = deduplication.find_answer(connection, "r1", NOW)
        calls = ledger.list_calls(connection)
    store.close()

    assert (john.state.status, john.state.unsubscribed_at) == ("unsubscribed", LEFT_AT)
    assert john.state.asked_at == LEFT_AT
    assert (john.db_id, john.priority, john.custom_fields, john.is_delete) == (1, 0, {}, False)
    assert (other.channel, other.address, other.left_categories) == ("sms", "+7900", ["category_1"])
    assert other.categories["category_1"].chosen_at == LEFT_AT
    assert answer.answer == {"error": 0}
    facts = ("id", "smid", "categories", "verdict", "reason", "rule", "warnings", "fix", "event")
    assert [tuple(call[name] for name in facts) for call in calls] == [
        (1, SMID, None, "good", "ok", "ok", [], None, None),
        (
            2,
            "fNobody",
            ["a"],
            "bad",
            "unknown_smid: smid is unknown: ask",
            "unknown_smid",
            [],
            None,
            None,
        ),
    ]


def test_an_older_database_goes_on_where_it_was(first):
    """The same subscription is found again, and no id comes twice."""
    store = Store(first, load_sample())
    with store.write() as connection:
        again = apply(connection, Intent("confirm", smid=SMID, script_id=SCRIPT_ID), NOW)
        call = ledger.Call(NOW, "x", None, None, None, "good", "ok", "ok", {}, {})
        ledger.record(connection, call)
        (latest,) = ledger.search_calls(connection, ledger.Search(), limit=1)
        ids = connection.scalars(select(tables.subscription.c.id)).all()
    store.close()

    assert again.word == "already"
    assert latest["id"] == 4
    # The other eight of the sample were added.
    assert sorted(ids) == list(range(1, 11))


def test_one_person_in_two_databases_can_subscribe_twice_after_the_step(first):
    store = Store(first, load_sample())
    with store.write() as connection:
        found = connection.execute(select(tables.subscription)).mappings().first()
        copy = {name: found[name] for name in found if name != "id"} | {"db_id": 2}
        connection.execute(tables.subscription.insert().values(copy))
    store.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(first):
    """It fails near its end: somebody has a table of that name."""
    run(first, "CREATE TABLE clock (hands INTEGER)")
    before = contents(first)

    with pytest.raises(StoreUnavailableError, match=r"clock.* already exists"):
        Store(first, load_sample())

    assert contents(first) == before
    run(first, "DROP TABLE clock")
    Store(first, load_sample()).close()


def test_a_newer_database_is_refused_and_left_alone(fresh):
    Store(fresh, load_sample()).close()
    run(fresh, "UPDATE alembic_version SET version_num = '0099'; DELETE FROM resource")
    before = contents(fresh)

    with pytest.raises(StoreUnavailableError, match="version 0099, this akunsub knows") as raised:
        Store(fresh, load_sample())

    assert raised.value.reason == (
        "its schema has version 0099, this akunsub knows versions up to 0005; "
        "install a newer akunsub, or use another database"
    )
    assert contents(fresh) == before


def test_a_table_of_somebody_else_is_left_alone(fresh):
    run(fresh, "CREATE TABLE subscription (magazine TEXT)")
    before = contents(fresh)

    with pytest.raises(StoreUnavailableError, match="is not akunsub's; use another database"):
        Store(fresh, load_sample())

    assert contents(fresh) == before


def test_tables_of_today_without_a_version_are_given_one(fresh):
    engine = engine_of(fresh)
    tables.metadata.create_all(engine)
    engine.dispose()

    Store(fresh, load_sample()).close()

    assert contents(fresh)["alembic_version"] == (["version_num"], [("0005",)])


@pytest.mark.parametrize("is_marked", [True, False])
def test_what_was_answered_before_the_age_of_wishes_was_kept_is_there(fresh, is_marked):
    store = Store(fresh, load_sample())
    with store.write() as connection:
        first = deduplication.FirstAnswer("x", {"error": 0}, NOW)
        deduplication.keep_answer(connection, "r1", first, NOW)
    store.close()
    run(fresh, "ALTER TABLE answered_request DROP COLUMN made_at; DROP TABLE outbox")
    run(fresh, "ALTER TABLE resource DROP COLUMN has_upstream")
    run(
        fresh,
        "UPDATE alembic_version SET version_num = '0002'"
        if is_marked
        else "DROP TABLE alembic_version",
    )

    again = Store(fresh, load_sample())
    with again.write() as connection:
        found = deduplication.find_answer(connection, "r1", NOW)
    again.close()

    assert found == first._replace(made_at=None)
    assert contents(fresh)["alembic_version"] == (["version_num"], [("0005",)])


OPEN = """
import sys, akunsub.platform.store as s, akunsub.platform.settings_file as f
sys.stdin.readline()
for database in sys.argv[1:]:
    s.Store(database, f.load_sample()).close()
print("alembic" in sys.modules)
"""


def open_at_once(count, *databases):
    """Open them from *count* processes that begin together; return what each says."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, *databases],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    return [process.communicate(timeout=60) for process in processes]


@pytest.mark.parametrize("make", [lambda _: None, make_first], ids=["new", "older"])
def test_processes_that_open_databases_at_the_same_time_all_work(databases, make):
    opened = [databases.new() for _ in range(3)]
    for database in opened:
        make(database)

    said = open_at_once(4, *opened)

    assert [error for _, error in said] == [""] * 4
    for database in opened:
        found = contents(database)
        assert found["alembic_version"][1] == [("0005",)]
        assert len(found["message"][1]) == (10 if make is not make_first else 11)


def test_a_file_that_another_process_is_preparing_is_waited_for(tmp_path):
    """SQLite refuses at once to switch such a file to WAL, whatever the busy timeout."""
    other = sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, other.commit).start()

    Store(tmp_path / "new.db", load_sample()).close()

    other.close()


def test_opening_a_database_that_is_up_to_date_loads_no_alembic(fresh):
    Store(fresh, load_sample()).close()

    assert open_at_once(1, fresh) == [("False\n", "")]
