"""The pages' own origin: each wired to the endpoint, and one that shows it beside the inspector."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Flask, Response, abort, redirect, render_template, request, stream_with_context

from akunsub.dev.page_settings import resource_key
from akunsub.dev.sources import HTML, WIRED, as_text
from akunsub.dev.wiring import OURS, read_page, wire_page
from akunsub.pixel.server import is_stopping

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from akunsub.dev.sources import Source
    from akunsub.dev.watching import Watching
    from akunsub.dev.wiring import Wires

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_HERE = {"127.0.0.1", "localhost", "::1"}
_CSP = "Content-Security-Policy"
_SHELL_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


class Person(NamedTuple):
    """Somebody whom a message was sent to: its smid, and the resource's mode and title."""

    smid: str
    mode: str
    title: str


def create_dev_site(
    source: Source,
    wires: Wires,
    watching: Watching,
    people: Sequence[Person],
    *,
    smid_param: str,
    known: Collection[tuple[int, int]],
    tell: Callable[[str], None],
) -> Flask:
    """
    Return a WSGI application that serves *source*.

    Args:
        source: The pages.
        wires: Where they are led; their hosts are added as pages are read.
        watching: The pages' files.
        people: Who can be chosen to open a page as, the likeliest first.
        smid_param: Name of the query's field that has the smid.
        known: account_id and resource_id of the resources that the endpoint has.
        tell: Is given a line when a page is for another one.
    """
    app = Flask("akunsub.dev", static_folder="static", static_url_path=f"{OURS}static")

    @app.get(OURS)
    def show() -> Response:
        paths = source.pages() or ["/"]
        html = render_template(
            "shell.html",
            pages=paths,
            first=with_smid(paths[0], smid_param, people[0].smid) if people else paths[0],
            people=people,
            smid_param=smid_param,
            inspector=f"{wires.endpoint}/_unsub/",
            sdk=wires.sdk,
        )
        response = Response(html, content_type="text/html; charset=utf-8")
        response.headers[_CSP] = f"{_SHELL_CSP}; frame-src 'self' {wires.endpoint}"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get(f"{OURS}wired.js")
    def client() -> Response:
        return app.send_static_file("wired.js")

    @app.get(f"{OURS}changes")
    def changes() -> Response:
        since = request.args.get("since", watching.count, type=int)
        body = stream_with_context(watching.events(since, is_stopping(request.environ)))
        response = Response(body, content_type="text/event-stream; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.post("/unsub/<any(confirm, cancel):action>")
    @app.get("/unsub/<any(state):action>")
    def lead_call(action: str) -> BaseResponse:
        query = request.query_string.decode("latin-1")
        url = f"{wires.endpoint}/unsub/{action}{f'?{query}' if query else ''}"
        return redirect(url, code=307)  # the same method, the same body

    @app.route("/", defaults={"path": ""}, methods=_METHODS)
    @app.route("/<path:path>", methods=_METHODS)
    def serve(path: str) -> BaseResponse:
        origin, seen = request.host_url.rstrip("/"), watching.count
        response = source.answer(path)
        if response.mimetype not in WIRED:
            return response
        response.direct_passthrough = False
        text = as_text(response.get_data())
        if response.mimetype == HTML and _is_opened():
            page, nonce = read_page(text), secrets.token_urlsafe(16)
            wires.note(page)
            if (key := resource_key(page)) and key not in known:
                tell(
                    f"/{path} is for resource {key[1]} of account {key[0]}, which was not known at "
                    "the start. Start akunsub dev again."
                )
            listens = source.folder is not None
            text = wire_page(
                text,
                page,
                wires,
                origin=origin,
                nonce=nonce,
                changes=seen if listens else None,
            )
            _let_in(response, wires, origin, page.nonce or nonce)
        else:
            text = wires.lead(text)
        response.set_data(text.encode("latin-1", errors="xmlcharrefreplace"))
        response.headers["Cache-Control"] = "no-store"
        for name in ("ETag", "Last-Modified", "Accept-Ranges"):
            response.headers.pop(name, None)
        return response

    only_here(app)
    return app


def _is_opened() -> bool:
    """Does the browser open what it asks for as a page? A script may ask for a part of one."""
    return request.headers.get("Sec-Fetch-Dest", "document") in {"document", "iframe", "frame"}


def only_here(app: Flask) -> None:
    """Let only addresses of this machine be asked: no other site's name may stand for them."""

    @app.before_request
    def check_host() -> None:
        if urlsplit(f"//{request.host}").hostname not in _HERE:
            abort(403, description=f"{request.host} is no name of this machine")


def with_smid(path: str, parameter: str, smid: str) -> str:
    """Return the page at *path* as somebody with *smid* opens it."""
    parts = urlsplit(path)
    query = "&".join(filter(None, [parts.query, urlencode({parameter: smid})]))
    return urlunsplit(parts._replace(query=query))


def _let_in(response: BaseResponse, wires: Wires, origin: str, nonce: str) -> None:
    """Let what is ours in where the page's server does not, and the page be shown in a frame."""
    policies = response.headers.getlist(_CSP)
    response.headers.pop(_CSP, None)
    for policy in policies:
        response.headers.add(_CSP, wires.allow(policy, origin, nonce))
    response.headers.pop("X-Frame-Options", None)
