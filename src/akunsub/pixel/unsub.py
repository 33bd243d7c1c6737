"""
``/unsub/confirm``, ``/unsub/cancel`` and ``/unsub/state``: every request to them is recorded.

What a call changes and its line in the ledger are one transaction, committed before the answer.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast, get_args

from flask import Response, current_app, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from akunsub.errors import CallRefusedError
from akunsub.pixel import wire
from akunsub.pixel.pages import page_response
from akunsub.platform import deduplication, ids, ledger, subscriptions, unsubscribe
from akunsub.platform.unsubscribe import Action, Intent

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Connection

    from akunsub.platform.ledger import Verdict
    from akunsub.platform.store import Store

_log = logging.getLogger(__name__)
_PREFIX = "/unsub/"
# What the ledger keeps of a body and of a path.
_MAX_SHOWN_BYTES = 4096
_METHODS = {"confirm": "POST", "cancel": "POST", "state": "GET"}


@dataclass
class _Answer:
    envelope: dict[str, Any]
    verdict: Verdict
    reason: str
    status: int = 200
    is_duplicate: bool = False
    allow: str = ""


def init_app(app: Flask) -> None:
    """Answer everything below /unsub/, whatever its method: a wrong one is a bad call as well."""
    # Not a route: Flask answers a method that a route does not list before any of our code runs.
    app.before_request(_answer_unsub)


def _answer_unsub() -> Response | None:
    if not request.path.startswith(_PREFIX):
        return None
    store: Store = current_app.extensions["akunsub_store"]
    name = request.path.removeprefix(_PREFIX)
    now = datetime.now(UTC)
    body = request.stream.read(wire.MAX_BODY_BYTES + 1)
    intent: Intent | None = None
    try:
        try:
            intent = _read_intent(name, body)
            with store.write() as connection:
                answer = _answer_intent(connection, intent, now)
                response = _respond(answer)
                _record(connection, name, now, intent, body, answer, response)
        except CallRefusedError as refusal:
            # Raised inside the transaction: it is rolled back, and nothing was changed.
            answer = _refused(refusal, name)
            response = _respond(answer)
            with store.write() as connection:
                _record(connection, name, now, intent, body, answer, response)
    except SQLAlchemyError:
        _log.exception("the call could not be stored")
        unavailable = CallRefusedError("store_unavailable", 503, "try again: nothing was stored")
        response = _respond(_refused(unavailable, name))
        response.headers["Retry-After"] = "1"
    return response


def _read_intent(name: str, body: bytes) -> Intent | None:
    """Return None for a preflight, which asks for nothing."""
    if name not in get_args(Action):
        raise CallRefusedError("unknown_path", 404, "there are confirm, cancel and state")
    action = cast("Action", name)
    if request.method == "OPTIONS":
        return None
    if request.method != _METHODS[action]:
        raise CallRefusedError(
            "wrong_method", 405, f"use {_METHODS[action]} for {action}, not {request.method[:20]}"
        )
    if action == "state":
        return wire.read_query(action, request.query_string)
    return wire.read_intent(action, request.headers.get("Content-Type", ""), body)


def _answer_intent(connection: Connection, intent: Intent | None, now: datetime) -> _Answer:
    if intent is None:
        return _Answer({}, "good", "preflight", status=204)
    first = deduplication.find_answer(connection, intent, now)
    if first is not None:
        return _Answer(first, "good", "duplicate", is_duplicate=True)
    outcome = unsubscribe.apply(connection, intent, now)
    envelope = wire.success(outcome)
    deduplication.keep_answer(connection, intent, envelope, now)
    return _Answer(envelope, "good", "already" if outcome.already else "ok")


def _refused(refusal: CallRefusedError, name: str) -> _Answer:
    return _Answer(
        wire.refusal(refusal),
        "bad",
        f"{refusal.code}: {refusal.error_text}",
        status=refusal.error,
        allow=_METHODS.get(name, "") if refusal.error == 405 else "",
    )


def _respond(answer: _Answer) -> Response:
    wants_page = request.accept_mimetypes.best_match(
        ["application/json", "text/html"], default="application/json"
    )
    if answer.status == 204:
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"
    elif wants_page == "text/html":
        response = page_response(
            render_template("outcome.html", answer=answer.envelope), answer.status
        )
    else:
        response = Response(
            json.dumps(answer.envelope, ensure_ascii=False),
            answer.status,
            content_type="application/json",
        )
        response.headers["Cache-Control"] = "no-store"
    # Any page may ask, none may send cookies: the smid is what says who it is about.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Duplicate-Request, Retry-After"
    response.headers["Vary"] = "Accept"
    if answer.is_duplicate:
        response.headers["Duplicate-Request"] = "true"
    if answer.allow:
        response.headers["Allow"] = answer.allow
    return response


def _record(
    connection: Connection,
    name: str,
    now: datetime,
    intent: Intent | None,
    body: bytes,
    answer: _Answer,
    response: Response,
) -> None:
    smid = intent.smid if intent and intent.smid and ids.is_smid(intent.smid) else None
    subscription = subscriptions.find_subscription(connection, smid) if smid else None
    call = ledger.Call(
        at=now,
        action=name[:100],
        smid=intent.smid[:200] if intent and intent.smid else None,
        categories=intent.categories if intent else None,
        resource_id=subscription.resource_key.resource_id if subscription else None,
        verdict=answer.verdict,
        reason=answer.reason,
        request={
            "method": request.method,
            "path": request.full_path.rstrip("?")[:_MAX_SHOWN_BYTES],
            "headers": dict(request.headers),
            "body": _shown(body),
        },
        answer={"status": answer.status, "body": response.get_data(as_text=True)},
    )
    ledger.record(connection, call)


def _shown(body: bytes) -> str:
    text = body[:_MAX_SHOWN_BYTES].decode("utf-8", "replace")
    length = max(request.content_length or 0, len(body))
    return text if length <= _MAX_SHOWN_BYTES else f"{text}… ({length:,} bytes)"
