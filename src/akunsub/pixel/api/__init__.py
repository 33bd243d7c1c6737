"""``/api/v1.1/*``: the platform's server APIs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from akunsub.errors import CallRefusedError
from akunsub.pixel.api import deduplicated, formats
from akunsub.pixel.api.authorisation import authorise
from akunsub.pixel.api.checking import check
from akunsub.pixel.api.methods import METHODS, Method, Task, run_over_database
from akunsub.pixel.calls import (
    Call,
    Reply,
    Verdict,
    carry_out,
    is_production,
    the_store,
    time_now,
    verdict_against,
)
from akunsub.platform import bulk
from akunsub.platform.intents import nearest_word

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from sqlalchemy import Connection

    from akunsub.pixel.api.answers import Answer
    from akunsub.pixel.api.models import Format

PREFIX = "/api/v1.1/"


def init_app(app: Flask) -> None:
    """Answer everything below /api/v1.1/; a wrong HTTP method is a bad call as well."""
    app.before_request(_answer_api)


@dataclass
class _Exchange:
    """A request in hand: what is known of it so far."""

    call: Call
    #: Of the answer: a refusal has one, too.
    answer_as: Format = "json"
    written_as: Format = "json"
    tree: dict[str, Any] = field(default_factory=dict)
    account_id: int = 0
    #: None: the request has no id.
    duplicate_key: str | None = None
    #: As declared; or why it is not.
    checked: Any = None


def _answer_api() -> Response | None:
    if not request.path.startswith(PREFIX):
        return None
    name = request.path.removeprefix(PREFIX).removesuffix("/").replace("\0", "�")
    body = request.stream.read(formats.MAX_BODY_BYTES + 1)
    request_id = deduplicated.request_id_in(request.headers)
    exchange = _Exchange(Call(name, body, request_id=request_id, counted="stranger"))

    def refuse(refusal: CallRefusedError) -> Reply:
        return _refuse(exchange, refusal)

    try:
        # Before the transaction: reading a large body must not keep others waiting.
        method = _read(exchange)
        if method.bulk is not None:
            with bulk.one_run(the_store()):
                done = _run_over_database(exchange, method)
                return carry_out(
                    exchange.call, lambda at, now: _finish_run(exchange, at, now, done), refuse
                )
    except CallRefusedError as refusal:
        kept = refusal
        return carry_out(exchange.call, lambda *_: _raise(kept), refuse)
    return carry_out(exchange.call, lambda at, now: _work(exchange, method, at, now), refuse)


def _read(exchange: _Exchange) -> Method:
    """Read the request as far as no database is needed."""
    content_type = request.headers.get("Content-Type", "")
    name = exchange.call.action
    # A refusal of the type itself is in JSON.
    announced = formats.MEDIA_TYPES.get(content_type.partition(";")[0].strip().lower(), "json")
    exchange.answer_as = exchange.written_as = announced
    exchange.answer_as = _asked_format(request.args.getlist("format"), announced)
    method = METHODS.get(name)
    if method is None:
        close = nearest_word(name, METHODS)
        raise CallRefusedError(
            "unknown_method",
            404,
            f"there is no method {name[:100]!r}",
            fix=f"did you mean {close}?" if close else f"there are: {', '.join(METHODS)}",
        )
    if request.method != "POST":
        raise CallRefusedError(
            "wrong_method", 405, f"use POST for {name}, not {request.method[:20]}"
        )
    formats.format_of(content_type)
    exchange.tree = formats.read_body(exchange.call.body, announced)
    if isinstance(exchange.tree.get("format"), str):
        exchange.answer_as = _asked_format([exchange.tree["format"]], exchange.answer_as)
    token, exchange.account_id = authorise(exchange.tree, the_store().settings.api)
    exchange.call.counted = None
    exchange.duplicate_key = deduplicated.duplicate_key(request.headers, token)
    try:
        exchange.checked = check(method.request, exchange.tree, exchange.written_as)
    except CallRefusedError as refusal:
        # A repeated request gets the original answer, whatever else it says.
        exchange.checked = refusal
    return method


def _asked_format(asked: list[str], otherwise: Format) -> Format:
    if not asked:
        return otherwise
    if len(asked) > 1 or asked[0] not in formats.ANSWER_TYPES:
        raise CallRefusedError(
            "bad_field", 400, f'field "format": is json or xml, not {", ".join(asked)[:80]!r}'
        )
    return "xml" if asked[0] == "xml" else "json"


def _work(exchange: _Exchange, method: Method, connection: Connection, now: datetime) -> Reply:
    repeated = _find_original(exchange, connection, now)
    if repeated is not None:
        return repeated
    answer, verdict = method.run(_task(exchange, connection, now))
    return _reply(exchange, connection, now, answer, verdict)


def _run_over_database(exchange: _Exchange, method: Method) -> Reply | tuple[Answer, Verdict]:
    """Return the original answer, or make a new one."""
    store = the_store()
    try:
        with store.write() as connection:
            now = time_now(connection)
            repeated = _find_original(exchange, connection, now)
            if repeated is not None:
                return repeated
            task = _task(exchange, connection, now)
            method.run(task)
        assert method.bulk is not None  # noqa: S101 (for the type checker)  # nosec B101
        return run_over_database(store, exchange.call.action, task, method.bulk)
    except SQLAlchemyError as error:
        raise CallRefusedError(
            "store_unavailable", 503, "try again: it goes on where it stopped"
        ) from error


def _finish_run(
    exchange: _Exchange,
    connection: Connection,
    now: datetime,
    done: Reply | tuple[Answer, Verdict],
) -> Reply:
    return done if isinstance(done, Reply) else _reply(exchange, connection, now, *done)


def _task(exchange: _Exchange, connection: Connection, now: datetime) -> Task:
    checked = exchange.checked
    if isinstance(checked, CallRefusedError):
        raise checked
    exchange.call.resource_id = getattr(checked, "resource_id", None)
    return Task(connection, now, exchange.account_id, checked, exchange.call)


def _find_original(exchange: _Exchange, connection: Connection, now: datetime) -> Reply | None:
    if exchange.duplicate_key is None:
        return None
    found = deduplicated.find(connection, exchange.duplicate_key, _content(exchange), now)
    if found is None:
        return None
    response, is_same = found
    warning = "Request-ID was used for another request: this one was not carried out"
    return Reply(response, Verdict("duplicate", warnings=() if is_same else (warning,)))


def _reply(
    exchange: _Exchange, connection: Connection, now: datetime, answer: Answer, verdict: Verdict
) -> Reply:
    response = _respond(exchange, answer.model_dump(mode="json"), 200)
    if exchange.duplicate_key is not None:
        deduplicated.keep(connection, exchange.duplicate_key, _content(exchange), response, now)
    return Reply(response, verdict)


def _content(exchange: _Exchange) -> str:
    return deduplicated.fingerprint(exchange.call.action, exchange.call.body)


def _refuse(exchange: _Exchange, refusal: CallRefusedError) -> Reply:
    verdict = verdict_against(refusal)
    answer: dict[str, Any] = {
        "error": refusal.error,
        "error_text": refusal.error_text,
        "code": refusal.code,
    }
    if not is_production():
        answer["verdict"] = verdict.as_field()
    response = _respond(exchange, answer, refusal.error)
    headers = {
        401: ("WWW-Authenticate", "Bearer"),
        405: ("Allow", "POST"),
        503: ("Retry-After", "1"),
    }
    if refusal.error in headers:
        name, value = headers[refusal.error]
        response.headers[name] = value
    return Reply(response, verdict)


def _respond(exchange: _Exchange, answer: dict[str, Any], status: int) -> Response:
    response = Response(
        formats.write(answer, exchange.answer_as),
        status,
        content_type=formats.ANSWER_TYPES[exchange.answer_as],
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _raise(refusal: CallRefusedError) -> NoReturn:
    raise refusal
