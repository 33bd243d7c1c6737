"""
Carrying out one call: what it changes and its line in the ledger are one transaction.

Every request that may change something goes through ``carry_out``, good or bad, and its answer
tells the developer which it was, and why.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, request
from sqlalchemy.exc import SQLAlchemyError

from akunsub.errors import CallRefusedError
from akunsub.pixel import limits
from akunsub.pixel.concealing import kept_headers, without_token
from akunsub.platform import clock, ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask, Request, Response
    from sqlalchemy import Connection

    from akunsub.platform.store import Store
    from akunsub.platform.together import Wanted
    from akunsub.platform.unsubscribe import Applied

_log = logging.getLogger(__name__)
# What the ledger keeps of a body, of a path and of an answer.
_MAX_SHOWN_BYTES = 4096
_LISTENERS = "akunsub_call_listeners"


@dataclass
class Call:
    """One request in hand; filled in as more of it is understood."""

    #: What it does: confirm, link, profiles/message_unsub …
    action: str
    body: bytes = b""
    smid: str | None = None
    categories: Sequence[str] | None = None
    resource_id: int | None = None
    #: As what the limits count it.
    counted: limits.Counted = "look"
    #: Of the resource; "" while it is not known.
    mode: str = ""
    #: What the client calls the request.
    request_id: str | None = None


@dataclass(frozen=True)
class Verdict:
    """Good or bad, and why."""

    #: "ok" or another good word; else the refusal's code.
    rule: str
    wrong: str | None = None
    fix: str | None = None
    nearest: dict[str, object] | None = None
    warnings: Sequence[str] = ()
    event: str | None = None

    @property
    def word(self) -> ledger.Verdict:
        """``good`` or ``bad``."""
        return "good" if self.wrong is None else "bad"

    def as_header(self) -> str:
        """Return it for ``X-Unsub-Verdict``: ASCII, one line."""
        parts = [self.word, f"rule={self.rule}"]
        parts += [f"warning={json.dumps(one)}" for one in self.warnings]
        parts += [f"fix={json.dumps(self.fix)}"] if self.fix else []
        return "; ".join(parts)

    def as_field(self) -> dict[str, Any]:
        """Return it for a JSON answer."""
        facts: dict[str, Any] = {"verdict": self.word, "rule": self.rule}
        for name in ("wrong", "fix", "nearest", "warnings"):
            value = getattr(self, name)
            if value:
                facts[name] = list(value) if name == "warnings" else value
        return facts


@dataclass
class Reply:
    """An answer, and the verdict that goes with it."""

    response: Response
    verdict: Verdict
    #: A redirect has no body to show.
    shown: dict[str, Any] = field(default_factory=dict)


def verdict_on(applied: Applied) -> Verdict:
    """Return the verdict on a call that was carried out."""
    return Verdict(applied.word, warnings=applied.warnings, event=applied.event)


def verdict_against(refusal: CallRefusedError) -> Verdict:
    """Return the verdict on a call that was refused."""
    return Verdict(refusal.code, refusal.error_text, refusal.fix or None, refusal.nearest)


def is_production() -> bool:
    """Is nobody to be told what would have been right?"""
    return bool(current_app.config["AKUNSUB_PRODUCTION"])


def the_request() -> Request:
    """Return the request itself: ``flask.request`` looks it up again at each use."""
    return cast("Request", request._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 (the documented name)


def the_store() -> Store:
    """Return the application's store."""
    store: Store = current_app.extensions["akunsub_store"]
    return store


def time_now(connection: Connection) -> datetime:
    """Return the endpoint's time: the real one in production, whatever was rehearsed before."""
    return datetime.now(UTC) if is_production() else clock.read(connection).now


def on_call(app: Flask, listener: Callable[[Call, Verdict], None]) -> None:
    """Let *listener* know of every call once, when what came of it is certain."""
    app.extensions.setdefault(_LISTENERS, []).append(listener)


def carry_out(
    call: Call,
    work: Callable[[Connection, datetime], Reply],
    refuse: Callable[[CallRefusedError], Reply],
    *,
    read: Callable[[], Wanted | None] = lambda: None,
) -> Response:
    """
    Do *work* in one transaction with the call's line in the ledger.

    Args:
        call: What is known so far; *work* may fill in more.
        work: Given the connection and the time. When it raises CallRefusedError, nothing it did
            stays. It may run again, when others were in its way.
        refuse: Makes the answer to a refusal.
        read: Reads the request, before the transaction: others do not wait for it. Returns what it
            is about, if it can share a transaction with others.
    """

    def do(connection: Connection) -> Reply:
        now = time_now(connection)
        reply = work(connection, now)
        _record(connection, call, reply, now, token)
        return reply

    def record(refused: Reply) -> Reply:
        store.transact(
            lambda connection: _record(connection, call, refused, time_now(connection), token)
        )
        return refused

    store = the_store()
    token = store.settings.api.token if store.settings.api else None
    try:
        try:
            limits.admit_caller(call.counted)
            wanted = read()
            limits.admit_smid(call.counted, call.smid)
            reply = store.transact_together(do, wanted) if wanted else store.transact(do)
        except limits.TooManyCallsError:
            raise
        except CallRefusedError as refusal:
            call.mode = call.mode or refusal.mode
            limits.note_refusal(call.counted, refusal.code)
            reply = record(_with_retry_after(refuse(refusal)))
    except limits.TooManyCallsError as refusal:
        # Not recorded: a flood would fill the database.
        reply = refuse(refusal)
        reply.response.headers["Retry-After"] = str(refusal.retry_after_s)
    except SQLAlchemyError:
        _log.exception("the call could not be stored")
        unavailable = CallRefusedError("store_unavailable", 503, "try again: nothing was stored")
        reply = _with_retry_after(refuse(unavailable))
    for tell in current_app.extensions.get(_LISTENERS, ()):
        tell(call, reply.verdict)
    return reply.response


def _with_retry_after(refused: Reply) -> Reply:
    if refused.response.status_code == 503:
        refused.response.headers["Retry-After"] = "1"
    return refused


def _record(
    connection: Connection, call: Call, reply: Reply, now: datetime, token: str | None
) -> None:
    verdict, response, asked = reply.verdict, reply.response, the_request()
    if not is_production():
        response.headers["X-Unsub-Verdict"] = verdict.as_header()
    answer = {
        "status": response.status_code,
        "body": _shown(response.get_data(), 0, str),
    } | reply.shown
    reason = verdict.rule if verdict.wrong is None else f"{verdict.rule}: {verdict.wrong}"
    ledger.record(
        connection,
        ledger.Call(
            at=now,
            action=call.action[:100],
            smid=call.smid[:200] if call.smid else None,
            categories=call.categories,
            resource_id=call.resource_id,
            verdict=verdict.word,
            reason=reason,
            rule=verdict.rule,
            fix=verdict.fix,
            nearest=verdict.nearest,
            warnings=verdict.warnings,
            event=verdict.event,
            request={
                "method": asked.method,
                "path": without_token(asked.full_path.rstrip("?"), token)[:_MAX_SHOWN_BYTES],
                "headers": kept_headers(asked.headers, token),
                "body": _shown(
                    call.body, asked.content_length or 0, partial(without_token, token=token)
                ),
            },
            answer=answer,
        ),
    )


def _shown(body: bytes, said_length: int, conceal: Callable[[str], str]) -> str:
    # Half of a token would not be known as one, so the text is cut last.
    window = body[: 2 * _MAX_SHOWN_BYTES].decode("utf-8", "replace").replace("\0", "�")
    text = conceal(window)[:_MAX_SHOWN_BYTES]
    length = max(said_length, len(body))
    return text if length <= _MAX_SHOWN_BYTES else f"{text}… ({length:,} bytes)"
