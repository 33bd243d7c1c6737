"""The real endpoint on a real socket, and what it stored as the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from flask import Flask, Response, abort, send_from_directory
from sqlalchemy import select

from akunsub.pixel.app import create_app
from akunsub.pixel.server import THREADS, Server
from akunsub.platform import tables
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from tests.databases import KINDS, SqliteFiles, running_postgresql

pytest_plugins = ["tests.engine_fixtures"]

ROOT = Path(__file__).parents[1]
SMID = "fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA"
SCRIPT_ID = "MXw3Mw=="
RTOKEN = "2fHLS9YR9daS-a90b371eecc2952f"
PROFILE_ID = "658997338e8f4032d92fd56d"
UNSUBSCRIBED = {
    "profile_id": PROFILE_ID,
    "status": "unsubscribed",
    "already": False,
    "categories": [],
    "seconds_left": 0,
}

# Messages of the sample's resources in the other modes, and their script ids.
DELAYED = {"smid": "fSampleDelayedJohn000000000000000000005", "id": "MXw3NA=="}
PREVENTED = {"smid": "fSamplePreventedJohn0000000000000000006", "id": "MXw3NQ=="}
INSTANT = {"smid": "fSampleInstantJohn000000000000000000007", "id": "MXw3Ng=="}
NOON = "2026-11-23T12:00:00+00:00"


def result(answer):
    """What an answer says, without what it says to developers."""
    return {name: value for name, value in answer.json().items() if name != "verdict"}


@dataclass
class Endpoint:
    """A running endpoint, asked over HTTP as anybody would."""

    url: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    #: Where it stores; None in a process of its own.
    store: Store | None = None

    def post(self, action, fields, **options):
        return self.http.post(f"{self.url}/unsub/{action}", data=fields, **options)

    def confirm(self, **fields):
        return self.post("confirm", {"smid": SMID, "id": SCRIPT_ID} | fields)

    def state(self, smid=SMID):
        return result(self.http.get(f"{self.url}/unsub/state", params={"smid": smid}))

    def calls(self, **query):
        return self.http.get(f"{self.url}/_unsub/calls", params=query).json()["calls"]

    def stored(self):
        """All that people did, as the database has it."""
        with self.store.read() as connection:
            return {
                table.name: connection.execute(select(table)).mappings().all()
                for table in (tables.subscription, tables.category_choice, tables.answered_request)
            }

    def actions(self, **query):
        """What people did: the calls without the questions about the state."""
        return [call for call in self.calls(**query) if call["action"] != "state"]

    def clock(self, **move):
        """Move the clock (advance_seconds, now or real), or look at it."""
        url = f"{self.url}/_unsub/clock"
        answer = self.http.post(url, json=move) if move else self.http.get(url)
        return answer.raise_for_status().json()

    def set_resource(self, number, **changes):
        url = f"{self.url}/_unsub/resources/{number}"
        return self.http.patch(url, json=changes).raise_for_status().json()

    def reset(self):
        self.http.post(f"{self.url}/_unsub/reset").raise_for_status()


def pytest_generate_tests(metafunc):
    """What stores runs on every database; in browsers, and elsewhere, on SQLite."""
    path = metafunc.definition.path
    # Generated requests say nothing about a database that those written by hand do not.
    is_storing = (
        path.parent.name in {"platform", "pixel", "api", "gateway"} and "openapi" not in path.name
    )
    if is_storing and "databases" in metafunc.fixturenames:
        metafunc.parametrize("databases", KINDS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def databases(request, tmp_path_factory):
    """Makes empty databases of one kind: ``databases.new()`` is what ``Store`` is given."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return SqliteFiles(tmp_path_factory.mktemp("databases"))
    return request.getfixturevalue("postgresql")


@pytest.fixture(scope="session")
def postgresql():
    with running_postgresql() as databases:
        yield databases


@pytest.fixture(scope="session")
def running_endpoint(databases):
    store = Store(databases.new(), load_sample(), pool_size=THREADS)
    with Server(create_app(store)) as server:
        endpoint = Endpoint(server.url, store=store)
        yield endpoint
        endpoint.http.close()
    store.close()


@pytest.fixture
def endpoint(running_endpoint):
    """The endpoint in its configured state."""
    running_endpoint.reset()
    return running_endpoint


@dataclass
class Site:
    """Pages of a page author: another origin than the endpoint's."""

    url: str
    pages: dict[str, tuple[str, dict[str, str]]]

    def add(self, body, *, head="", path="/page.html", headers=None):
        """Publish a page that writes what happens on it into its list #log; return its URL."""
        html = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title>
<link rel="icon" href="data:,"><script src="/harness.js"></script>{head}</head>
<body>{body}<ul id="log"></ul></body></html>"""
        self.pages[path] = (html, headers or {})
        return self.url + path


def create_test_site(pages):
    app = Flask("tests.site", static_folder=None)

    @app.get("/<path:name>")
    def serve(name):
        if name == "harness.js" or name.startswith("sdk/"):
            folder = ROOT if name.startswith("sdk/") else ROOT / "tests" / "browser"
            return send_from_directory(folder, name, mimetype="text/javascript")
        html, headers = pages.get(f"/{name}") or abort(404)
        return Response(html, content_type="text/html; charset=utf-8", headers=headers)

    return app


@pytest.fixture(scope="session")
def _running_site():
    pages = {}
    with Server(create_test_site(pages)) as server:
        yield Site(server.url, pages)


@pytest.fixture
def site(_running_site):
    _running_site.pages.clear()
    return _running_site
