"""What holds for every request, whatever is in it: looked at in the answer and in the database."""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import urlsplit

from defusedxml import ElementTree
from hypothesis import currently_in_test_context, note
from sqlalchemy import select

from akunsub.platform import ledger, tables
from akunsub.platform.clock import EARLIEST as START
from akunsub.platform.state import State, settle
from akunsub.platform.statuses import Status
from tests.fuzz import asking
from tests.fuzz.words import TOKEN

#: The only answers of 500 and more: to come again when a person has pressed, and a rehearsed fault.
_TO_COME_AGAIN = {"prefetch", "rehearsed_fault"}
#: Of calls that were carried out and changed no subscription.
_UNCHANGED = {"already", "duplicate", "superseded", "head", "suspected", "prefetch", "preflight"}
_STORED = [one for one in tables.metadata.sorted_tables if one is not tables.call]
_PEOPLE = ("subscription", "category_choice")


class Watched:
    """A running endpoint, asked with anything."""

    def __init__(self, store, url):
        self.store, self.port = store, urlsplit(url).port
        self._configured = None

    def look(self):
        """All that is stored, but the ledger."""
        with self.store.read() as connection:
            queries = {one.name: select(one).order_by(*one.primary_key) for one in _STORED}
            return {name: connection.execute(query).all() for name, query in queries.items()}

    def begin(self):
        """Each example begins with what is configured, or it could not be seen again."""
        if self.look() != self._configured:
            self.store.reset()
            self._configured = self.look()

    def words(self):
        """Where people stand."""
        return _words(self.look())

    def calls_since(self, call_id):
        with self.store.read() as connection:
            return ledger.list_calls(connection, since=call_id)

    def newest_call(self):
        with self.store.read() as connection:
            return ledger.latest_id(connection)

    def ask(self, request):
        """Ask and return the answer: in time, no fault of ours, an envelope that says the same."""
        if currently_in_test_context():
            note(f"{request!r}")
        answer = asking.ask(self.port, request)
        seconds = answer.seconds
        if seconds > asking.LIMIT_S:
            seconds = asking.fastest(self.port, request, seconds)
        assert seconds <= asking.LIMIT_S, f"it took {seconds:.2f} s"
        said = envelope(answer) if request.method != "HEAD" else None
        assert_no_fault(answer, said)
        if said is not None and "error" in said:
            error = said["error"]
            assert error == (0 if answer.status == 200 else answer.status)
            assert said["error_text"]
        return answer

    def call(self, request):
        """Send what is in the ledger afterwards, once; return its answer and the verdict there."""
        before, newest = self.look(), self.newest_call()
        answer = self.ask(request)
        after, calls = self.look(), self.calls_since(newest)
        # It may have been asked again, for the time it takes.
        assert len(calls) in {1, 3}, "the ledger has each call once"
        call = calls[0]
        assert call["answer"]["status"] == answer.status
        if call["verdict"] == "bad":
            assert after == before, "what was refused changed something"
            is_notice = call["rule"] == "prevented" and answer.type == "text/html"
            assert answer.status >= 400 or is_notice
        else:
            assert answer.status < 400 or call["rule"] == "prefetch"
            if call["rule"] in _UNCHANGED:
                # When it was said is kept, and what the clock has made of it meanwhile.
                now = datetime.fromisoformat(call["at"])
                assert _words(after, now) == _words(before, now)
        assert TOKEN not in json.dumps(call, default=str), "the ledger shows the API token"
        return answer, call


def _words(stored, now=START):
    people = []
    for one in stored["subscription"]:
        state = State(Status(one.status), one.timer_ends_at, suspended_until=one.suspended_until)
        people.append((one.address, settle(state, now).word))
    choices = {(row.subscription_id, row.name) for row in stored["category_choice"] if row.is_left}
    return sorted(people), choices


def assert_no_fault(answer, said):
    """A fault is never ours."""
    if answer.status >= 500:
        page = answer.headers.get("X-Unsub-Verdict", "")
        code = (said or {}).get("code") or page.partition("rule=")[2].partition(";")[0]
        assert code in _TO_COME_AGAIN, (answer.status, answer.body[:300])


def envelope(answer):
    """What a JSON or XML answer says; None for a page, a script and a text."""
    if not answer.body:
        return None
    if answer.type == "application/json":
        tree = json.loads(answer.body)
        return tree if isinstance(tree, dict) else None
    if answer.type == "application/xml":
        root = ElementTree.fromstring(answer.body)
        assert root.tag == "xml"
        found = {one.tag: one.text for one in root}
        return found | {"error": int(found["error"])}
    if answer.type == "text/html":
        assert answer.body.lstrip().lower().startswith(b"<!doctype html>")
    return None
