"""
``/_unsub/openapi.json``: OpenAPI 3.1 of ``/api/v1.1/*`` and ``/unsub/*``.

It is made from the declarations that requests are checked against and answers are made of.
"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from flask import Response
from pydantic import TypeAdapter

from akunsub.pixel.api import PREFIX
from akunsub.pixel.api.formats import ANSWER_TYPES
from akunsub.pixel.api.methods import METHODS
from akunsub.pixel.wire_schema import Refusal, UnsubCall, UnsubDone

if TYPE_CHECKING:
    from flask import Flask

Json = dict[str, Any]

_API_REFUSALS = {
    400: "The request is malformed, or cannot be carried out",
    401: "API token required",
    403: "The token is wrong, or it is not allowed",
    404: "Something that it names is unknown",
    405: "Not a POST",
    415: "Neither JSON nor XML in UTF-8",
    429: "Too many calls without the right token; try again later",
    503: "Nothing could be stored; try again",
}
_UNSUB_REFUSALS = {
    400: "The call is malformed, or names a category that is unknown",
    403: "The token is wrong, the resource another one, nobody can leave it, or a scanner asks",
    404: "The smid or the script id is unknown",
    405: "Another HTTP method is needed",
    409: "There is nothing to cancel, or request_id was used for another call",
    410: "The timer ran out",
    413: "The body is too large",
    415: "Neither a form nor JSON in UTF-8",
    429: "Too many calls in a short time; try again later",
    503: "Nothing could be stored, or a browser sent it ahead of time; try again",
}
_STATE_REFUSALS = (400, 403, 404, 405, 429, 503)
_SCHEMA = "#/components/schemas/"


def init_app(app: Flask) -> None:
    """Serve the file."""
    app.add_url_rule("/_unsub/openapi.json", "openapi", _serve)


def _serve() -> Response:
    response = Response(_as_text(), content_type="application/json")
    # A page that shows it may be anywhere.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@functools.cache
def _as_text() -> str:
    return json.dumps(describe(), ensure_ascii=False, indent=1)


def describe() -> Json:
    """Return the file."""
    schemas, components = _schemas()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "akunsub pixel endpoint",
            "version": "1.1",
            "description": "The server APIs, and what the browser SDK calls.",
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "api", "description": "The server APIs: from a server, with the API token."},
            {"name": "unsub", "description": "What the SDK calls: from a page, with a smid."},
        ],
        "paths": {
            **{PREFIX + name: {"post": _api_operation(name, schemas)} for name in METHODS},
            "/unsub/confirm": _unsub_path("confirm", "The person leaves."),
            "/unsub/cancel": _unsub_path("cancel", "The person stays; in the mode delayed only."),
            "/unsub/state": _state_path(),
        },
        "components": {
            "schemas": components,
            "headers": _HEADERS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "query": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
    }


def _schemas() -> tuple[dict[str, Json], Json]:
    """Return the schemas of requests and answers by their keys, and all that they refer to."""
    adapters: list[tuple[str, Any, TypeAdapter[Any]]] = [
        ("refusal", "serialization", TypeAdapter(Refusal)),
        ("unsub", "validation", TypeAdapter(UnsubCall)),
        ("unsub done", "serialization", TypeAdapter(UnsubDone)),
    ]
    for name, method in METHODS.items():
        adapters += [
            (f"{name} request", "validation", method.request.adapter),
            (f"{name} answer", "serialization", TypeAdapter(method.answer)),
        ]
    by_key, rest = TypeAdapter.json_schemas(adapters, ref_template=_SCHEMA + "{model}")
    return {key: schema for (key, _), schema in by_key.items()}, rest["$defs"]


def _api_operation(name: str, schemas: dict[str, Json]) -> Json:
    request = schemas[f"{name} request"]
    if "oneOf" in request:
        # The root element is the same for each channel.
        request = {**request, "xml": {"name": "xml"}}
    return {
        "tags": ["api"],
        "operationId": name.replace("/", "_"),
        "summary": METHODS[name].summary,
        # The empty one: the token is in the body.
        "security": [{"bearer": []}, {"query": []}, {}],
        "parameters": [
            _parameter("format", "query", "Of the answer; the body's own field wins.", _FORMAT),
            _parameter("Request-ID", "header", "Repeated within 24 hours: the original answer."),
            _parameter("X-Request-ID", "header", "The same, as older versions call it."),
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": request},
                "application/xml": {"schema": request},
                "text/xml": {"schema": request},
                "text/plain": _json_in_text(request),
            },
        },
        "responses": {
            "200": {
                "description": "Successful operation",
                "headers": _header_refs("Duplicate-Request", "Duplicate-Key", "X-Unsub-Verdict"),
                "content": _in_both(schemas[f"{name} answer"]),
            },
            **{
                str(error): _refusal(error, text, list(ANSWER_TYPES.values()))
                for error, text in _API_REFUSALS.items()
            },
        },
    }


def _unsub_path(name: str, summary: str) -> Json:
    form = "application/x-www-form-urlencoded"
    call = {"$ref": f"{_SCHEMA}UnsubCall"}
    return {
        "post": {
            "tags": ["unsub"],
            "operationId": name,
            "summary": summary,
            "requestBody": {
                "required": True,
                "content": {
                    form: {"schema": call},
                    "application/json": {"schema": call},
                    "text/plain": _json_in_text(call),
                },
            },
            "responses": _unsub_responses(*_UNSUB_REFUSALS),
        },
        "options": _preflight(name),
    }


def _state_path() -> Json:
    fields = UnsubCall.model_json_schema()["properties"]
    parameters = [
        _parameter(name, "query", fields[name]["description"], {"type": "string"})
        for name in ("smid", "rtoken", "id")
    ]
    parameters[0] |= {"required": True, "schema": fields["smid"]}
    return {
        "get": {
            "tags": ["unsub"],
            "operationId": "state",
            "summary": "Where the subscription stands.",
            "parameters": parameters,
            "responses": _unsub_responses(*_STATE_REFUSALS),
        },
        "options": _preflight("state"),
    }


def _unsub_responses(*refusals: int) -> Json:
    types = ["application/json", "text/html"]
    done = {"schema": {"$ref": f"{_SCHEMA}UnsubDone"}}
    return {
        "200": {
            "description": "Successful operation. A browser that asks for a page gets one.",
            "headers": _header_refs("Duplicate-Request", "X-Unsub-Verdict"),
            "content": {"application/json": done, "text/html": _PAGE},
        },
        **{str(error): _refusal(error, _UNSUB_REFUSALS[error], types) for error in refusals},
    }


def _preflight(name: str) -> Json:
    return {
        "tags": ["unsub"],
        "operationId": f"{name}_preflight",
        "summary": "What a browser asks before it sends JSON from another origin.",
        "responses": {
            "204": {"description": "Go on", "headers": _header_refs("X-Unsub-Verdict")},
            **{
                str(error): _refusal(
                    error, _UNSUB_REFUSALS[error], ["application/json", "text/html"]
                )
                for error in (429, 503)
            },
        },
    }


def _refusal(error: int, text: str, types: list[str]) -> Json:
    own = {
        401: "WWW-Authenticate",
        405: "Allow",
        429: "Retry-After",
        503: "Retry-After",
    }.get(error)
    schema = {"schema": {"$ref": f"{_SCHEMA}Refusal"}}
    return {
        "description": text,
        "headers": _header_refs("X-Unsub-Verdict", *([own] if own else [])),
        "content": {one: _PAGE if one == "text/html" else schema for one in types},
    }


def _in_both(schema: Json) -> Json:
    return {one: {"schema": schema} for one in ANSWER_TYPES.values()}


def _json_in_text(schema: Json) -> Json:
    # What fetch says when a page hands it a string.
    return {
        "schema": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": schema,
        }
    }


def _parameter(name: str, place: str, text: str, schema: Json | None = None) -> Json:
    return {
        "name": name,
        "in": place,
        "description": text,
        "schema": schema or {"type": "string", "minLength": 1},
    }


def _header_refs(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _header(text: str, **schema: object) -> Json:
    return {"description": text, "schema": {"type": "string"} | schema}


_PAGE: Json = {"schema": {"type": "string"}}
_FORMAT: Json = {"enum": list(ANSWER_TYPES)}
_HEADERS: Json = {
    "Duplicate-Request": _header("The answer is an earlier request's.", enum=["true"]),
    "Duplicate-Key": _header("Base64 of 20 bytes: token and request id.", pattern="^[^=]{27}=$"),
    "X-Unsub-Verdict": _header("Good or bad, and why. Not in production.", pattern="^(good|bad);"),
    "WWW-Authenticate": _header("How to send the token."),
    "Allow": _header("The HTTP methods that there are."),
    "Retry-After": _header("In how many seconds.", pattern="^[0-9]+$"),
}
