"""The fields of a form that a browser or a mail service posts, urlencoded or multipart."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from akunsub.errors import CallRefusedError
from akunsub.pixel.wire import MAX_BODY_BYTES

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

_MAX_PARTS = 1000
# A type nobody stated is a form: that a person wants to leave must not be lost to that.
_UNSAID = {"", "text/plain"}


def read_body() -> bytes:
    """Return the body of the request, cut one byte after the most that is read."""
    return request.stream.read(MAX_BODY_BYTES + 1)


def read_form(body: bytes) -> MultiDict[str, str]:
    """
    Return the fields in the *body* of the request; none when it is no form.

    Raises:
        CallRefusedError: It is too large, or holds a zero character, which cannot be stored.
    """
    if len(body) > MAX_BODY_BYTES:
        raise CallRefusedError(
            "body_too_large", 413, f"the body has more than {MAX_BODY_BYTES:,} bytes"
        )
    kind = request.mimetype
    parser = FormDataParser(
        # A file means nothing here: in memory it is gone with the request.
        stream_factory=lambda *_, **__: BytesIO(),
        max_form_memory_size=MAX_BODY_BYTES,
        max_form_parts=_MAX_PARTS,
        silent=True,
    )
    try:
        _, fields, _ = parser.parse(
            BytesIO(body),
            "application/x-www-form-urlencoded" if kind in _UNSAID else kind,
            len(body),
            request.mimetype_params,
        )
    except RequestEntityTooLarge as error:
        raise CallRefusedError(
            "body_too_large", 413, f"the body has more than {_MAX_PARTS:,} parts"
        ) from error
    if any("\0" in value for _, value in fields.items(multi=True)):
        raise CallRefusedError("bad_body", 400, "a field holds a zero character")
    return fields
