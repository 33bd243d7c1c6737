"""
Repeated requests: the same ``request_id`` within 24 hours gets the first answer again.

A click whose answer was lost is sent again; without this it could act twice.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from akunsub.errors import CallRefusedError
from akunsub.platform import tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from akunsub.platform.unsubscribe import Intent

#: The platform's own window, "1 day".
WINDOW = timedelta(hours=24)
_MAX_LENGTH = 100


def find_answer(connection: Connection, intent: Intent, now: datetime) -> dict[str, Any] | None:
    """
    Return the first answer to this request, or None when it is new.

    Raises:
        CallRefusedError: The request_id was used for another call. To answer that one's answer
            would tell the person something that did not happen.
    """
    if not intent.request_id:
        return None
    if len(intent.request_id) > _MAX_LENGTH:
        raise CallRefusedError(
            "bad_request_id", 400, f"request_id is longer than {_MAX_LENGTH} characters"
        )
    table = tables.answered_request
    row = connection.execute(
        select(table).where(
            table.c.request_id == intent.request_id, table.c.answered_at > now - WINDOW
        )
    ).one_or_none()
    if row is None:
        return None
    if row.fingerprint != _fingerprint(intent):
        raise CallRefusedError(
            "request_id_reused",
            409,
            "request_id was used for another call: make a new one for each intent",
        )
    answer: dict[str, Any] = row.answer
    return answer


def keep_answer(
    connection: Connection, intent: Intent, answer: dict[str, Any], now: datetime
) -> None:
    """Remember the first answer to this request, if it carries a request_id."""
    if not intent.request_id:
        return
    table = tables.answered_request
    connection.execute(delete(table).where(table.c.request_id == intent.request_id))
    connection.execute(
        insert(table).values(
            request_id=intent.request_id,
            fingerprint=_fingerprint(intent),
            answered_at=now,
            answer=answer,
        )
    )


def _fingerprint(intent: Intent) -> str:
    return json.dumps(
        [intent.action, intent.smid, intent.categories, intent.rtoken, intent.script_id]
    )
