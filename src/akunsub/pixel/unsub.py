"""``/unsub/confirm``, ``/unsub/cancel`` and ``/unsub/state``: what the SDK calls."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_args

from flask import Response

from akunsub.errors import CallRefusedError
from akunsub.pixel import wire
from akunsub.pixel.calls import (
    Call,
    Reply,
    Verdict,
    carry_out,
    is_production,
    the_request,
    the_store,
    verdict_against,
    verdict_on,
)
from akunsub.pixel.faults import RehearsedFaultError, answer_to, take_fault
from akunsub.pixel.machines import refuse_machines
from akunsub.pixel.outcome import page_after, page_against
from akunsub.platform import deduplication, replacement, unsubscribe
from akunsub.platform.together import Batch, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Flask
    from sqlalchemy import Connection

    from akunsub.platform.intents import Intent


_PREFIX = "/unsub/"
# Made once: json.dumps makes one each time.
_encode = json.JSONEncoder(ensure_ascii=False).encode
_METHODS = {"confirm": "POST", "cancel": "POST", "state": "GET"}


def init_app(app: Flask) -> None:
    """Answer everything below /unsub/, whatever its method: a wrong one is a bad call as well."""
    # Not a route: Flask answers a method that a route does not list before any of our code runs.
    app.before_request(_answer_unsub)
    # One that is never asked for its view: to find none takes longer.
    app.add_url_rule(f"{_PREFIX}<name>", "unsub", methods=["GET", "POST", "OPTIONS"])


def _answer_unsub() -> Response | None:
    request = the_request()
    if not request.path.startswith(_PREFIX):
        return None
    name = request.path.removeprefix(_PREFIX)
    call = Call(name, request.stream.read(wire.MAX_BODY_BYTES + 1))
    if request.method == "POST" and _METHODS.get(name) == "POST":
        call.counted = "change"
    intents: list[Intent | None] = []
    fault = take_fault() if _METHODS.get(name) == "POST" else None

    def read() -> Wanted | None:
        intent = _read_intent(call)
        intents.append(intent)
        if intent is None:
            return None
        call.smid, call.categories = intent.smid, intent.categories
        return None if intent.action == "state" else Wanted.by(intent)

    def work(connection: Connection, now: datetime) -> Reply:
        intent = intents[0]
        if intent is None:
            return Reply(_preflight(), Verdict("preflight"))
        call.request_id = intent.request_id
        if intent.action == "state":
            return _answer_state(connection, call, intent, now)
        if fault:
            raise RehearsedFaultError(fault)
        refuse_machines()
        _check_request_id(intent)
        return _answer_wish(connection, call, intent, now)

    def refuse(refusal: CallRefusedError) -> Reply:
        verdict = verdict_against(refusal)
        if silence := answer_to(refusal):
            return Reply(silence, verdict, {"status": None})
        envelope = _with_verdict(wire.refusal(refusal), verdict)
        response = _respond(envelope, refusal.error, page=partial(page_against, call, refusal))
        if refusal.error == 405:
            response.headers["Allow"] = _METHODS[name]
        return Reply(response, verdict)

    return carry_out(call, work, refuse, read=read)


def _read_intent(call: Call) -> Intent | None:
    """Return None for a preflight, which asks for nothing."""
    if call.action not in get_args(wire.Action):
        raise CallRefusedError("unknown_path", 404, "there are confirm, cancel and state")
    action, request = cast("wire.Action", call.action), the_request()
    if request.method == "OPTIONS":
        return None
    if request.method != _METHODS[action]:
        raise CallRefusedError(
            "wrong_method", 405, f"use {_METHODS[action]} for {action}, not {request.method[:20]}"
        )
    if action == "state":
        return wire.read_query(action, request.query_string)
    return wire.read_intent(action, request.headers.get("Content-Type", ""), call.body)


def _check_request_id(intent: Intent) -> None:
    if intent.request_id and len(intent.request_id) > wire.MAX_REQUEST_ID_LENGTH:
        raise CallRefusedError(
            "bad_request_id",
            400,
            f"request_id is longer than {wire.MAX_REQUEST_ID_LENGTH} characters",
        )


def _answer_state(connection: Connection, call: Call, intent: Intent, now: datetime) -> Reply:
    applied = unsubscribe.apply(connection, intent, now)
    call.resource_id, call.mode = applied.subscription.resource_key.resource_id, applied.mode
    verdict = verdict_on(applied)
    return Reply(_respond(_with_verdict(wire.success(applied.outcome), verdict)), verdict)


def _answer_wish(connection: Connection, call: Call, intent: Intent, now: datetime) -> Reply:
    held = (
        connection.held(intent, now)
        if isinstance(connection, Batch)
        else replacement.hold(connection, intent, now)
    )
    first = _find_first_answer(intent, held.requests)
    if first is not None:
        response = _respond(first, page=partial(page_after, connection, call, first, now))
        response.headers["Duplicate-Request"] = "true"
        return Reply(response, Verdict("duplicate"))
    applied = replacement.apply(connection, intent, now, held)
    call.resource_id, call.mode = applied.subscription.resource_key.resource_id, applied.mode
    verdict = verdict_on(applied)
    envelope = _with_verdict(wire.success(applied.outcome), verdict)
    if intent.request_id and applied.made_at is not None:
        first_answer = deduplication.FirstAnswer(_fingerprint(intent), envelope, applied.made_at)
        held.requests.keep_answer(connection, intent.request_id, first_answer)
    page = partial(page_after, connection, call, envelope, now)
    return Reply(_respond(envelope, page=page), verdict)


def _find_first_answer(intent: Intent, requests: deduplication.Requests) -> dict[str, Any] | None:
    if not intent.request_id:
        return None
    first = requests.find_answer(intent.request_id)
    if first is None:
        return None
    if first.fingerprint != _fingerprint(intent):
        # To answer that call's answer would tell the person something that did not happen.
        raise CallRefusedError(
            "request_id_reused",
            409,
            "request_id was used for another call",
            fix="make a new one for each intent",
        )
    return first.answer


def _fingerprint(intent: Intent) -> str:
    return json.dumps(
        [intent.action, intent.smid, intent.categories, intent.rtoken, intent.script_id]
    )


def _preflight() -> Response:
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Access-Control-Max-Age"] = "86400"
    response.headers.update(_headers_for_pages())
    return response


def _with_verdict(envelope: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    return envelope if is_production() else envelope | {"verdict": verdict.as_field()}


def _respond(
    envelope: dict[str, Any], status: int = 200, *, page: Callable[[], Response] | None = None
) -> Response:
    if page is not None and _wants_page():
        response = page()
        response.headers.update(_headers_for_pages())
        return response
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(_encode(envelope), status, headers | _headers_for_pages())


def _wants_page() -> bool:
    # The SDK's own calls are not worth parsing it.
    request = the_request()
    if request.headers.get("Accept", "*/*") == "*/*":
        return False
    wanted = request.accept_mimetypes.best_match(
        ["application/json", "text/html"], default="application/json"
    )
    return wanted == "text/html"


def _headers_for_pages() -> dict[str, str]:
    """Return the headers with which a page of another origin gets the answer."""
    headers = {"Vary": "Accept, Accept-Language, Origin"}
    origin = the_request().headers.get("Origin")
    allowed = the_store().settings.server.origins if is_production() else ()
    if allowed and origin is not None and origin.lower() not in allowed:
        # It was carried out all the same, as a form's would be; a script is not told.
        return headers
    # Any page may ask: the smid is what says who it is about. There are no cookies; but a page
    # that says credentials: 'include' would not get an answer to "*".
    headers["Access-Control-Allow-Origin"] = origin or "*"
    if origin is not None:
        headers["Access-Control-Allow-Credentials"] = "true"
    headers["Access-Control-Expose-Headers"] = "Duplicate-Request, Retry-After, X-Unsub-Verdict"
    return headers
