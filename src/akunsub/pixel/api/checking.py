"""Checking a request against its declaration, and saying in the field's name what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from akunsub.errors import CallRefusedError
from akunsub.pixel.api.fields import FROM_XML, Repeated
from akunsub.platform.intents import nearest_word
from akunsub.platform.settings import Channel

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from akunsub.pixel.api.models import Declared, Format

_MAX_TOLD = 3


def check(request: Declared, tree: dict[str, Any], written_as: Format) -> Any:  # noqa: ANN401
    """
    Return the request that *tree* is.

    Args:
        request: Its declaration.
        tree: As it was read.
        written_as: What it was read from: in XML, everything is text.

    Raises:
        CallRefusedError: ``missing_field``, ``unknown_field`` or ``bad_field``, with its name.
    """
    try:
        return request.adapter.validate_python(
            tree, context=FROM_XML if written_as == "xml" else None
        )
    except ValidationError as error:
        details = error.errors(include_url=False)
    known = request.fields(tree.get("channel"))
    told = [_describe(one, known, request) for one in details[:_MAX_TOLD]]
    more = f"; and {len(details) - _MAX_TOLD:,} more" if len(details) > _MAX_TOLD else ""
    fixes = [fix for _, _, fix in told if fix]
    raise CallRefusedError(
        told[0][0], 400, "; ".join(text for _, text, _ in told) + more, fix="; ".join(fixes)
    )


def _describe(detail: ErrorDetails, known: set[str], request: Declared) -> tuple[str, str, str]:
    """Return the code, what is wrong, and what to do about it."""
    kind, value = detail["type"], detail["input"]
    parts = [one for one in detail["loc"] if one != "[key]" and not str(one).startswith("<")]
    if request.is_by_channel:
        # pydantic's path begins with the kind of request, which is the channel.
        parts = parts[1:]
    path = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in parts)
    path = path.lstrip(".")[:200]
    if kind == "missing":
        return "missing_field", f'field "{path}" is missing', ""
    if kind == "union_tag_not_found":
        return "missing_field", 'field "channel" is missing', "say which channel the address is of"
    if kind == "extra_forbidden":
        close = nearest_word(str(parts[-1]), known)
        fix = f"did you mean {close}?" if close else f"leave {path} out"
        return "unknown_field", f'field "{path}" is unknown', fix
    if kind == "union_tag_invalid":
        value = value["channel"]
        close = nearest_word(str(value), get_args(Channel))
        fix = f"did you mean {close}?" if close else ""
        return "bad_field", f'field "channel" is not a channel: {_shown(value)}', fix
    if isinstance(value, Repeated):
        return "bad_field", f'field "{path}" is there {len(value)} times', "give it once"
    if kind == "value_error":
        return "bad_field", f'field "{path}": {detail["ctx"]["error"]}', ""
    return "bad_field", f'field "{path}": {detail["msg"]}, not {_shown(value)}', ""


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:80]}…"
