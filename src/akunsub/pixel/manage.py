"""
``/manage/<smid>``: the subscription manager, for the subscription that its link was sent to.

A GET only shows. A POST changes one thing and leads back to the page, which names the outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.utils import redirect

from akunsub.errors import CallRefusedError
from akunsub.pixel.calls import Call, Reply, Verdict, carry_out, verdict_against, verdict_on
from akunsub.pixel.form import read_body, read_form
from akunsub.pixel.machines import refuse_machines
from akunsub.pixel.system_pages import Known, manager_page, notice_page
from akunsub.platform import subscription_manager
from akunsub.platform.intents import resolve_smid

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from sqlalchemy import Connection
    from werkzeug.datastructures import MultiDict

    from akunsub.platform.unsubscribe import Applied

_PREFIX = "/manage/"
_ALLOWED = "GET, HEAD, POST"
#: The field ``do``: what is done, and the outcome that the page then names.
OUTCOMES = {
    "unsubscribe": "unsubscribed",
    "resume": "resumed",
    "suspend": "suspended",
    "categories": "stored",
}
# An outcome in a link proves nothing: it is only named where it is so.
_HOLDS_IN = {"unsubscribed": "unsubscribed", "resumed": "subscribed", "suspended": "suspended"}


def init_app(app: Flask) -> None:
    """Answer everything below /manage/, whatever its method."""
    app.before_request(_answer_manager)


def _answer_manager() -> Response | None:
    if not request.path.startswith(_PREFIX):
        return None
    smid = request.path.removeprefix(_PREFIX)
    call = Call("manage", read_body(), smid=smid.replace("\0", "�"))
    if request.method == "POST":
        call.counted = "change"
    known: list[Known] = []

    def work(connection: Connection, now: datetime) -> Reply:
        if request.method not in {"GET", "HEAD", "POST"}:
            raise CallRefusedError(
                "wrong_method", 405, f"use GET, HEAD or POST, not {request.method[:20]}"
            )
        fields = _read_what_to_do(call) if request.method == "POST" else None
        resource, subscription = resolve_smid(connection, smid, now)
        call.resource_id, call.mode = resource.key.resource_id, resource.mode
        # The store may try the work again: what the last try saw counts.
        known[:] = [Known(smid, resource, subscription, now)]
        if fields is None:
            rule = "head" if request.method == "HEAD" else "ok"
            return Reply(manager_page(known[0], _named_outcome(known[0])), Verdict(rule))
        refuse_machines()
        applied = _do(connection, known[0], fields)
        return _lead_back(smid, OUTCOMES[fields["do"]], applied)

    def refuse(refusal: CallRefusedError) -> Reply:
        return Reply(_page_against(refusal, known[0] if known else None), verdict_against(refusal))

    return carry_out(call, work, refuse)


def _read_what_to_do(call: Call) -> MultiDict[str, str]:
    fields = read_form(call.body)
    what = fields.get("do", "")
    if what not in OUTCOMES:
        raise CallRefusedError(
            "bad_action",
            400,
            f"the field do is one of {', '.join(OUTCOMES)}, not {what[:40]!r}",
            fix="use the forms of the page",
        )
    call.action = f"manage_{what}"
    if what == "categories":
        call.categories = _names(fields, "categories")
    return fields


def _do(connection: Connection, known: Known, fields: MultiDict[str, str]) -> Applied:
    resource, subscription, now = known.resource, known.subscription, known.now
    what = fields["do"]
    if what == "unsubscribe":
        return subscription_manager.leave(connection, resource, subscription, now)
    if what == "resume":
        return subscription_manager.resume(connection, resource, subscription, now)
    if what == "suspend":
        days = fields.get("days", "")
        return subscription_manager.suspend(connection, resource, subscription, days, now)
    return subscription_manager.choose_categories(
        connection,
        resource,
        subscription,
        now,
        shown=_names(fields, "shown"),
        ticked=_names(fields, "categories"),
    )


def _names(fields: MultiDict[str, str], name: str) -> list[str]:
    return [value for value in fields.getlist(name) if value]


def _named_outcome(known: Known) -> str | None:
    word = request.args.get("done", "")
    if word not in OUTCOMES.values():
        return None
    status = _HOLDS_IN.get(word)
    return word if status in {None, known.subscription.state.word} else None


def _lead_back(smid: str, outcome: str, applied: Applied) -> Reply:
    location = f"{_PREFIX}{smid}?done={outcome}"
    response: Response = redirect(location, 303, Response)  # type: ignore[assignment]
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return Reply(response, verdict_on(applied), {"location": location})


def _page_against(refusal: CallRefusedError, known: Known | None) -> Response:
    if refusal.code in {"missing_smid", "bad_smid"}:
        return notice_page(refusal.code, None, 404)
    if known is None or refusal.code == "store_unavailable":
        response = notice_page(refusal.code, None, refusal.error, details=refusal.error_text)
        if refusal.error == 405:
            response.headers["Allow"] = _ALLOWED
        return response
    return manager_page(known, refusal.code, refusal.error)
