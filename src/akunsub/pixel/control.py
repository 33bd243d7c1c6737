"""``/_unsub/*``: what a developer or a test asks the endpoint about itself. It only reads."""

from __future__ import annotations

import threading
import time
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from akunsub.pixel.calls import is_production, the_store
from akunsub.pixel.rehearsal import as_dict, describe_clock, find_one
from akunsub.pixel.server import is_stopping
from akunsub.platform import clock, ledger, resources, subscriptions

control = Blueprint("control", __name__, url_prefix="/_unsub")

MAX_WAIT_S = 60
_POLL_S = 0.05
# Each waiting reader holds a thread of the server; the rest are left to the people who click.
_waiters = threading.BoundedSemaphore(8)


@control.get("/health")
def health() -> Response:
    """Answer 200 when the database can be read."""
    with the_store().read() as connection:
        if is_production():
            # Asked often and by strangers: no counting of a million, and no number for them.
            resources.list_resources(connection)
            return jsonify(status="ok")
        count = subscriptions.count_messages(connection)
    return jsonify(status="ok", messages=count)


@control.get("/clock")
def show_clock() -> Response:
    """Tell the endpoint's time, and whether it is the real one."""
    with the_store().read() as connection:
        return jsonify(describe_clock(clock.read(connection)))


@control.get("/resources")
def list_resources() -> Response:
    """List the resources, as they are now."""
    with the_store().read() as connection:
        found = resources.list_resources(connection)
    return jsonify(resources=[as_dict(one) for one in found])


@control.get("/resources/<int:resource_id>")
def show_resource(resource_id: int) -> Response:
    """Tell one resource, as it is now."""
    account_id = request.args.get("account_id", type=int)
    with the_store().read() as connection:
        found = resources.list_resources(connection, resource_id=resource_id, account_id=account_id)
    return jsonify(as_dict(find_one(found, resource_id)))


@control.get("/messages")
def messages() -> Response:
    """List the messages whose smids can be used."""
    with the_store().read() as connection:
        return jsonify(messages=subscriptions.list_messages(connection, limit=ledger.MAX_PAGE))


@control.get("/calls")
def calls() -> Response:
    """List calls; with ``wait``, hold the answer until there is at least one."""
    since = int(_number("since", 0, 2**53))
    wait_s = _number("wait", 0, MAX_WAIT_S)
    limit = int(_number("limit", ledger.MAX_PAGE, ledger.MAX_PAGE))
    verdict = request.args.get("verdict")
    if verdict not in {None, "good", "bad"}:
        abort(400, description="verdict is good or bad")

    def find() -> list[dict[str, Any]]:
        with the_store().read() as connection:
            return ledger.list_calls(
                connection,
                since=since,
                smid=request.args.get("smid"),
                verdict=verdict,  # type: ignore[arg-type]  # checked above
                limit=limit,
            )

    found = find()
    if not found and wait_s and _waiters.acquire(blocking=False):
        try:
            end = time.monotonic() + wait_s
            must_end = is_stopping(request.environ)
            while not found and time.monotonic() < end and not must_end():
                # The caller may be another process: there is nobody who could wake us.
                time.sleep(_POLL_S)
                found = find()
        finally:
            _waiters.release()
    return jsonify(calls=found)


def _number(name: str, default: float, highest: float) -> float:
    text = request.args.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= highest:
        abort(400, description=f"{name} is a number from 0 to {highest}, not {text[:40]!r}")
    return value
