"""
``/u/<smid>``: the unsubscribe link of a message, and of its List-Unsubscribe header.

A GET does what the resource's mode has for it and leads to a page; a POST is RFC 8058's one click.
A HEAD, a prefetch and a known scanner change nothing in any mode.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, request
from werkzeug.utils import redirect

from akunsub.errors import CallRefusedError
from akunsub.pixel.calls import Call, Reply, Verdict, carry_out, verdict_against, verdict_on
from akunsub.pixel.form import read_body, read_form
from akunsub.pixel.machines import is_prefetch, is_suspected, refuse_machines
from akunsub.pixel.system_pages import Known, choice_page, notice_page
from akunsub.platform import subscriptions, unsubscribe
from akunsub.platform.intents import resolve_smid
from akunsub.platform.rules import EFFECTS
from akunsub.platform.settings import RESOURCE_TOKEN, SEND_MESSAGE_ID
from akunsub.platform.state import Moment
from akunsub.platform.statuses import Status

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from sqlalchemy import Connection

    from akunsub.platform.rules import Action

_PREFIX = "/u/"
#: The value of ``?via=`` in the List-Unsubscribe header.
VIA_HEADER = "list_unsubscribe"
_ALLOWED = "GET, HEAD, POST"
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")


def init_app(app: Flask) -> None:
    """Answer everything below /u/, whatever its method: a wrong one is a bad call as well."""
    app.before_request(_answer_link)


def _answer_link() -> Response | None:
    if not request.path.startswith(_PREFIX):
        return None
    smid = request.path.removeprefix(_PREFIX)
    action = _action()
    # SQL text has no zero character.
    call = Call(action, read_body(), smid=smid.replace("\0", "�"))
    if request.method != "HEAD":
        call.counted = "change"
    known: list[Known] = []

    def work(connection: Connection, now: datetime) -> Reply:
        _check_request(call)
        if request.method != "POST" and is_prefetch():
            return _put_off()
        resource, subscription = resolve_smid(connection, smid, now)
        call.resource_id, call.mode = resource.key.resource_id, resource.mode
        # The store may try the work again: what the last try saw counts.
        known[:] = [Known(smid, resource, subscription, now)]
        if action == "one_click":
            refuse_machines()
        elif request.method == "HEAD" or is_suspected():
            return _look(connection, known[0], action)
        applied = unsubscribe.act(connection, resource, subscription, action, Moment(now, now))
        verdict = verdict_on(applied)
        if action == "one_click":
            return Reply(_plain("You are unsubscribed.", 200), verdict)
        now_known = Known(smid, resource, applied.subscription, now)
        return _lead_on(connection, now_known, verdict, is_new=applied.word == "ok")

    def refuse(refusal: CallRefusedError) -> Reply:
        response = _page_against(refusal, known[0] if known else None)
        return Reply(response, verdict_against(refusal))

    return carry_out(call, work, refuse)


def _action() -> Action:
    if request.method == "POST":
        return "one_click"
    return "list_unsubscribe" if request.args.get("via") == VIA_HEADER else "link"


def _check_request(call: Call) -> None:
    if request.method not in {"GET", "HEAD", "POST"}:
        raise CallRefusedError(
            "wrong_method", 405, f"use GET, HEAD or POST, not {request.method[:20]}"
        )
    if call.action != "one_click":
        return
    if read_form(call.body).getlist("List-Unsubscribe") != ["One-Click"]:
        raise CallRefusedError(
            "not_one_click",
            400,
            "a POST here is RFC 8058's, with the body List-Unsubscribe=One-Click",
            fix="send that body as a form; to confirm, post to /unsub/confirm",
        )


def _put_off() -> Reply:
    # "Chrome … 503 … will be interpreted as the server refusing the prefetch":
    # https://developer.chrome.com/blog/private-prefetch-proxy. With no-store, the browser asks
    # again when the person opens the link.
    return Reply(notice_page("prefetch", None, 503), Verdict("prefetch"))


def _look(connection: Connection, known: Known, action: Action) -> Reply:
    """Answer a HEAD, or a known scanner, as a GET would be, without doing anything."""
    is_head = request.method == "HEAD"
    verdict = Verdict("head" if is_head else "suspected")
    if EFFECTS[known.resource.mode][action] == "prevented":
        reply = Reply(notice_page("prevented", known), verdict)
    elif not is_head and known.resource.mode == "instant" and known.can_leave:
        # The sender's page would say what is not so, should it be a person after all.
        reply = Reply(choice_page(known), verdict)
    else:
        reply = _lead_on(connection, known, verdict, is_new=is_head)
    return replace(reply, shown=reply.shown | {"body": ""}) if is_head else reply


def _lead_on(connection: Connection, known: Known, verdict: Verdict, *, is_new: bool) -> Reply:
    """Lead to the page: the template's own, else the resource's, else one of the endpoint's."""
    resource, state = known.resource, known.subscription.state
    url = subscriptions.find_unsubscribe_link(connection, known.smid)
    url = url or resource.unsubscribe_page_url
    if url:
        url = fill_in(url, known.smid, resource.rtoken)
        return Reply(_redirect(url), verdict, {"location": url})
    # In the mode instant a subscription that has not ended is one that a HEAD looks at.
    if state.status is not Status.UNSUBSCRIBED and resource.mode != "instant":
        return Reply(choice_page(known), verdict)
    # Only "instant" ends a subscription by the link alone.
    has_left_now = is_new and resource.mode == "instant"
    return Reply(notice_page("unsubscribed" if has_left_now else "already", known), verdict)


def fill_in(url: str, smid: str, rtoken: str) -> str:
    """Return a page's URL for one message, as a header can have it."""
    # The settings let none through now; what was stored before may hold one.
    url = _CONTROLS.sub(lambda found: quote(found[0]), url)
    values = {SEND_MESSAGE_ID: smid, RESOURCE_TOKEN: rtoken}
    for name, value in values.items():
        # No value can hold a brace then, and so no other placeholder.
        url = url.replace(name, quote(value, safe=""))
    return url


def _redirect(url: str) -> Response:
    response: Response = redirect(url, 303, Response)  # type: ignore[assignment]  # its class
    response.headers["Cache-Control"] = "no-store"
    # The link holds the smid: the page gets it where it asks for it, and nowhere else.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _page_against(refusal: CallRefusedError, known: Known | None) -> Response:
    if refusal.error == 405:
        response = _plain(refusal.error_text, 405)
        response.headers["Allow"] = _ALLOWED
        return response
    if request.method == "POST":
        # A mail service reads the status; bad_smid is 404 here, as it is part of the path.
        return _plain(refusal.error_text, _status_of(refusal))
    # The person has opened a page, and that worked; it says why there is nothing to do.
    status = 200 if refusal.code == "prevented" else _status_of(refusal)
    return notice_page(refusal.code, known, status, details=refusal.error_text)


def _status_of(refusal: CallRefusedError) -> int:
    return 404 if refusal.code in {"missing_smid", "bad_smid"} else refusal.error


def _plain(text: str, status: int) -> Response:
    response = Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
