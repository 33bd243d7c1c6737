"""The inspector's addresses."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, get_args

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    render_template,
    request,
    stream_with_context,
)

from akunsub.pixel.calls import is_production, the_store, time_now
from akunsub.pixel.inspector.copies import as_curl, as_har_entry, as_pytest
from akunsub.pixel.inspector.events import stream
from akunsub.pixel.inspector.page import inspector_page
from akunsub.pixel.inspector.search import as_query, read_search
from akunsub.pixel.server import is_stopping
from akunsub.platform import clock, ledger, resources, subscriptions
from akunsub.platform.rules import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection

#: Of the application's configuration: the origin that may show the inspector in a frame.
FRAMED_BY = "AKUNSUB_FRAMED_BY"

inspector = Blueprint("inspector", __name__, url_prefix="/_unsub")

PAGE = 25
_MAX_PEOPLE = 100
_MAX_ID = 2**53
_EXPORTED_AT_ONCE = 500


@inspector.get("/")
def show() -> Response:
    """Show the latest calls that are looked for, and where each subscription stands."""
    search, before = read_search(), _id("before")
    with the_store().read() as connection:
        newest = ledger.latest_id(connection)
        found = ledger.search_calls(connection, search, limit=PAGE + 1, before=before)
        response = inspector_page(
            "inspector.html",
            calls=found[:PAGE],
            older=found[PAGE - 1]["id"] if len(found) > PAGE else None,
            is_live=before is None,
            newest=newest,
            search=search,
            query=as_query(search),
            actions=ledger.list_actions(connection),
            verdicts=("good", "bad"),
            modes=get_args(Mode),
            is_production=is_production(),
            resources=resources.list_resources(connection),
            **_people(connection),
        )
    if frame := current_app.config.get(FRAMED_BY):
        response.content_security_policy.frame_ancestors = frame
    return response


@inspector.get("/calls/<int:call_id>")
def show_call(call_id: int) -> Response:
    """Show one call: what was sent, what was answered, and both as they can be copied."""
    with the_store().read() as connection:
        call = ledger.find_call(connection, call_id) if call_id < _MAX_ID else None
    if call is None:
        abort(404, description=f"there is no call {call_id}; a reset may have taken it")
    return inspector_page("inspector_whole.html", call=call, copies=_copies(call))


@inspector.get("/events")
def events() -> Response:
    """Tell each call as it comes, and where people stand whenever that changes."""
    search = read_search()
    # What a browser has seen last it says by itself when it asks again.
    since = request.headers.get("Last-Event-ID", "")
    seen = _read_id(since)
    after = _id("since") or 0 if seen is None else seen
    store = the_store()

    def find_calls(last: int) -> list[tuple[int, str]] | None:
        with store.read() as connection:
            newest = ledger.latest_id(connection)
            if newest <= last:  # none is new, or a reset took them
                return [] if newest == last else None
            found = ledger.list_found_since(connection, search, since=last, limit=PAGE)
        return [(one["id"], render_template("inspector_call.html", call=one)) for one in found]

    def show_people() -> str:
        with store.read() as connection:
            return render_template("inspector_people.html", **_people(connection))

    body = stream_with_context(stream(after, find_calls, show_people, is_stopping(request.environ)))
    response = Response(body, content_type="text/event-stream; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    # Nginx would keep the events back.
    response.headers["X-Accel-Buffering"] = "no"
    return response


@inspector.get("/calls.json")
def export_json() -> Response:
    """Export what is looked for, in the order in which it came."""
    return _export('{"calls": [', lambda call: call, "]}\n", "json")


@inspector.get("/calls.har")
def export_har() -> Response:
    """Export the same as an HTTP Archive, for what reads those."""
    origin = request.host_url.rstrip("/")
    creator = json.dumps({"name": "akunsub", "version": version("akunsub")})
    head = f'{{"log": {{"version": "1.2", "creator": {creator}, "entries": ['
    return _export(head, lambda call: as_har_entry(call, origin), "]}}\n", "har")


def _export(
    head: str, entry: Callable[[dict[str, Any]], dict[str, Any]], tail: str, suffix: str
) -> Response:
    search, store = read_search(), the_store()

    def parts() -> Iterator[str]:
        yield head
        last, comma = 0, ""
        while True:
            with store.read() as connection:
                found = ledger.list_found_since(
                    connection, search, since=last, limit=_EXPORTED_AT_ONCE
                )
            if not found:
                break
            for call in found:
                yield f"{comma}\n{json.dumps(entry(call), ensure_ascii=False)}"
                last, comma = call["id"], ","
        yield tail

    response = Response(stream_with_context(parts()), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="unsub-calls.{suffix}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _people(connection: Connection) -> dict[str, Any]:
    now = time_now(connection)
    people = subscriptions.list_subscriptions(connection, now, limit=_MAX_PEOPLE + 1)
    return {
        "people": people[:_MAX_PEOPLE],
        "are_more_people": len(people) > _MAX_PEOPLE,
        "clock": clock.read(connection),
    }


def _copies(call: Mapping[str, Any]) -> dict[str, str]:
    """Return *call* as it can be copied, by the name of the form."""
    copies = {
        "curl": as_curl(call, request.host_url.rstrip("/")),
        "pytest": as_pytest(call),
        "JSON": json.dumps(call, ensure_ascii=False, indent=2),
    }
    return {name: text for name, text in copies.items() if text}


def _id(name: str) -> int | None:
    text = request.args.get(name, "")
    if not text:
        return None
    found = _read_id(text)
    if found is None:
        abort(400, description=f"{name} is the number of a call, not {text[:40]!r}")
    return found


def _read_id(text: str) -> int | None:
    # No more digits than it has: Python refuses to read a number of some thousand.
    found = int(text) if re.fullmatch("[0-9]{1,16}", text) else _MAX_ID
    return found if found < _MAX_ID else None
