"""
The wire: what a call's body may look like, and the envelope of its answer.

Nothing else in the endpoint knows. The SDK's side is ``sdk/src/transport.js``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl

from akunsub.errors import CallRefusedError
from akunsub.platform.intents import Intent
from akunsub.platform.tables import UNSTORABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from akunsub.platform.unsubscribe import Outcome

Action = Literal["confirm", "cancel", "state"]

#: The largest body that is read. A call with 500 categories has about 20 kB.
MAX_BODY_BYTES = 64 * 1024
#: Characters.
MAX_REQUEST_ID_LENGTH = 100
#: How many older intents one can take the place of.
MAX_REPLACED = 20
_MAX_FIELDS = 1000
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
# What fetch and sendBeacon say when a page hands them a string.
_UNSAID = ("", "text/plain")
_FIELDS = {"smid", "categories", "rtoken", "id", "request_id", "age_ms", "replaces", "v"}
# Those that can be there several times; in JSON, an array.
_LISTS = {"categories", "replaces"}

Fields = dict[str, list[str]]


def read_intent(action: Action, content_type: str, body: bytes) -> Intent:
    """
    Read the body of a POST.

    Args:
        action: From the path.
        content_type: The header; '' when there was none.
        body: At most MAX_BODY_BYTES + 1 bytes of it.

    Raises:
        CallRefusedError: It cannot be read. What it says is not checked here.
    """
    if len(body) > MAX_BODY_BYTES:
        raise CallRefusedError(
            "body_too_large", 413, f"the body has more than {MAX_BODY_BYTES:,} bytes"
        )
    media_type, _, parameters = content_type.partition(";")
    reader = _READERS.get(media_type.strip().lower())
    charset = parameters.lower().partition("charset=")[2].strip(' "').partition(";")[0]
    if reader is None or charset not in {"", "utf-8", "utf8"}:
        raise CallRefusedError(
            "wrong_content_type", 415, f"send {_FORM} or {_JSON} in UTF-8, not {content_type[:100]}"
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad_body(f"the body is not UTF-8 (byte {error.start})") from error
    return _to_intent(action, reader(text))


def read_query(action: Action, query: bytes) -> Intent:
    """
    Read the query string of a GET.

    Raises:
        CallRefusedError: It cannot be read.
    """
    return _to_intent(action, _read_form(query.decode("latin-1")))


def _read_form(text: str) -> Fields:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except UnicodeDecodeError as error:
        raise _bad_body("a %-sequence is not UTF-8") from error
    except ValueError as error:
        raise _bad_body(f"there are more than {_MAX_FIELDS} fields") from error
    fields: Fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _read_json(text: str) -> Fields:
    try:
        tree = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _bad_body(f"the body is not JSON ({error})") from error
    if not isinstance(tree, dict):
        raise _bad_body("the JSON body must be an object")
    fields: Fields = {}
    for name, value in tree.items():
        if name not in _FIELDS or value is None:
            continue
        values = value if name in _LISTS else [_age_as_text(name, value)]
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            kind = "an array of strings" if name in _LISTS else "a string"
            raise _bad_body(f"field {name!r} must be {kind}")
        # "" stands for "chosen: nothing", as in a form with an empty categories field.
        fields[name] = values or [""]
    return fields


def _age_as_text(name: str, value: object) -> object:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if name == "age_ms" and is_number else value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in pairs:
        if name in tree:
            raise ValueError(f"key {name[:100]!r} is there twice")
        tree[name] = value
    return tree


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _to_intent(action: Action, fields: Fields) -> Intent:
    for name, values in fields.items():
        if name not in _LISTS and name in _FIELDS and len(values) > 1:
            raise _bad_body(f"field {name!r} is there {len(values)} times")
        if any(map(UNSTORABLE.search, values)):
            raise _bad_body(f"field {name[:100]!r} holds a zero character or half a character")

    def one(name: str) -> str | None:
        return fields[name][0] or None if name in fields else None

    categories = fields.get("categories")
    return Intent(
        action=action,
        smid=one("smid"),
        categories=None if categories is None else tuple(categories),
        rtoken=one("rtoken"),
        script_id=one("id"),
        request_id=one("request_id"),
        age_ms=_to_age(one("age_ms")),
        replaces=_to_replaced(fields.get("replaces", [])),
    )


def _to_age(text: str | None) -> int:
    if text is None:
        return 0
    # Longer numbers are no ages: 15 digits are 31,000 years.
    if not re.fullmatch("[0-9]{1,15}", text):
        raise _bad_body("field 'age_ms' must be a whole number of milliseconds, 0 or more")
    return int(text)


def _to_replaced(values: list[str]) -> tuple[str, ...]:
    # An empty field says nothing, as with request_id.
    request_ids = tuple(dict.fromkeys(value for value in values if value))
    if len(request_ids) > MAX_REPLACED:
        raise _bad_body(f"field 'replaces' has more than {MAX_REPLACED} request_ids")
    if any(len(one) > MAX_REQUEST_ID_LENGTH for one in request_ids):
        raise _bad_body(
            f"field 'replaces' holds one of more than {MAX_REQUEST_ID_LENGTH} characters"
        )
    return request_ids


def _bad_body(text: str) -> CallRefusedError:
    return CallRefusedError("bad_body", 400, text)


_READERS: dict[str, Callable[[str], Fields]] = {
    _FORM: _read_form,
    **dict.fromkeys((_JSON, *_UNSAID), _read_json),
}


def success(outcome: Outcome) -> dict[str, object]:
    """Return the platform's envelope for a call that was carried out."""
    return {"error": 0, "error_text": "Successful operation", **outcome.as_dict()}


def refusal(error: CallRefusedError) -> dict[str, object]:
    """Return the platform's envelope for a call that was not, with our code beside it."""
    return {"error": error.error, "error_text": error.error_text, "code": error.code}
