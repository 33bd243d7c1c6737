"""The server APIs on a real socket, with the store behind them at hand."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, update

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform import tables
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store

TOKEN = "abcdefghijklmnqrstuvwxyz"
JOHN = {
    "db_id": 1,
    "profile_id": "658997338e8f4032d92fd56d",
    "resource_id": 73,
    "channel": "email",
    "email": "john@example.com",
}

MARY = "658997338e8f4032d92fd570"
CHANNELS = {
    "email": {"email": "ann@example.com"},
    "push": {"provider": "Firefox", "subscription_id": "s1"},
    "sms": {"phone": "+79000000001"},
    "telegram_bot": {"cc_data": {"id": -5}},
    "whatsapp": {"cc_data": {"phone": "+79000000002"}},
}


def of(channel, resource_id=73):
    base = {"db_id": 1, "profile_id": MARY, "resource_id": resource_id, "channel": channel}
    return base | CHANNELS[channel]


@dataclass
class Api:
    """A running endpoint and its database."""

    url: str
    store: Store
    http: httpx.Client

    def send(self, method, body, *, content_type="application/json", headers=None, query=""):
        """Send exactly these bytes."""
        headers = {"content-type": content_type} | (headers or {})
        return self.http.post(f"{self.url}/api/v1.1/{method}{query}", content=body, headers=headers)

    def call(self, method, fields, **options):
        """Send *fields* as JSON with the token."""
        return self.send(method, json.dumps({"token": TOKEN} | fields), **options)

    def call_xml(self, method, inner, **options):
        """Send elements with the token."""
        body = f"<xml><token>{TOKEN}</token>{inner}</xml>"
        return self.send(method, body.encode(), content_type="application/xml", **options)

    def details(self, fields=JOHN):
        return self.call("subscriptions/get", fields).json()["data"]

    def ledger(self, **query):
        return self.http.get(f"{self.url}/_unsub/calls", params=query).json()["calls"]

    def advance(self, seconds):
        answer = self.http.post(f"{self.url}/_unsub/clock", json={"advance_seconds": seconds})
        answer.raise_for_status()

    def rows(self) -> list[Any]:
        """Everything about subscriptions that is stored."""
        with self.store.read() as connection:
            table, choice = tables.subscription, tables.category_choice
            found = connection.execute(select(table).order_by(table.c.id)).all()
            order = (choice.c.subscription_id, choice.c.name)
            return [
                tuple(row) for row in [*found, *connection.execute(select(choice).order_by(*order))]
            ]

    def change(self, *, where=None, **values):
        """Change stored subscriptions behind the endpoint's back; all of them by default."""
        with self.store.write() as connection:
            query = update(tables.subscription).values(**values)
            connection.execute(query if where is None else query.where(where))

    def add(self, count, **values):
        """Add *count* subscribed email subscriptions of database 1."""
        facts = {
            "account_id": 1,
            "resource_id": 73,
            "db_id": 1,
            "channel": "email",
            "status": "subscribed",
        } | values
        rows = [
            facts | {"profile_id": f"{number:024x}", "address": f"{number}@example.com"}
            for number in range(count)
        ]
        with self.store.write() as connection:
            connection.execute(insert(tables.subscription), rows)


@contextmanager
def run_api(path, settings, *, production=False):
    store = Store(path, settings, pool_size=THREADS)
    with (
        Server(create_app(store, production=production)) as server,
        httpx.Client(timeout=60) as http,
    ):
        yield Api(server.url, store, http)
    store.close()


@pytest.fixture(scope="session")
def _running_api(databases):
    with run_api(databases.new(), load_sample()) as api:
        yield api


@pytest.fixture
def api(_running_api):
    """The server APIs in their configured state."""
    _running_api.http.post(f"{_running_api.url}/_unsub/reset").raise_for_status()
    return _running_api
