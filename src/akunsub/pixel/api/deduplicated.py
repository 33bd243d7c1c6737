"""
Repeated requests: the same ``Request-ID`` with the same token gets the original answer again.

Source: the platform's documentation, "Request deduplication".
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from flask import Response

from akunsub.platform import deduplication

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection
    from werkzeug.datastructures import Headers

#: The second one is what older versions of the platform read.
HEADERS = ("Request-ID", "X-Request-ID")


def request_id_in(headers: Headers) -> str | None:
    """Return what the client calls its request; None when it does not."""
    return next((headers[name] for name in HEADERS if headers.get(name)), None)


def duplicate_key(headers: Headers, token: str) -> str | None:
    """Return base64 of 20 bytes that stand for token and id; None without an id."""
    request_id = request_id_in(headers)
    if request_id is None:
        return None
    digest = hashlib.sha1(f"{token}\n{request_id}".encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def fingerprint(method: str, body: bytes) -> str:
    """Return what tells one content from another."""
    return f"{method} {hashlib.sha256(body).hexdigest()}"


def find(
    connection: Connection, key: str, content: str, now: datetime
) -> tuple[Response, bool] | None:
    """
    Return the original answer, and whether its request had the same content.

    Args:
        connection: In a writing transaction.
        key: From ``duplicate_key``.
        content: This request's fingerprint.
        now: Aware UTC.
    """
    first = deduplication.find_answer(connection, _stored(key), now)
    if first is None:
        return None
    answer = first.answer
    response = Response(
        answer["body"].encode("utf-8"), answer["status"], content_type=answer["content_type"]
    )
    response.headers["Duplicate-Request"] = "true"
    response.headers["Duplicate-Key"] = key
    return response, first.fingerprint == content


def keep(connection: Connection, key: str, content: str, response: Response, now: datetime) -> None:
    """Keep an answer, byte for byte."""
    answer = {
        "body": response.get_data(as_text=True),
        "status": response.status_code,
        "content_type": response.content_type,
    }
    first = deduplication.FirstAnswer(content, answer)
    deduplication.keep_answer(connection, _stored(key), first, now)


def _stored(key: str) -> str:
    # The SDK's request ids are in the same table.
    return f"api:{key}"
