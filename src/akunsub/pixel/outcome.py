"""The page that a form without any script gets from ``/unsub/confirm`` and ``/unsub/cancel``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from akunsub.errors import CallRefusedError
from akunsub.pixel.calls import the_store, time_now
from akunsub.pixel.system_pages import Known, notice_page, word_for
from akunsub.platform.intents import resolve_smid

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response
    from sqlalchemy import Connection

    from akunsub.pixel.calls import Call


def page_after(
    connection: Connection, call: Call, envelope: dict[str, Any], now: datetime
) -> Response:
    """
    Return the page for a call that was carried out.

    Args:
        connection: In the transaction that carried it out.
        call: With its smid.
        envelope: What a script would have got.
        now: Aware UTC.
    """
    known = _find_known(connection, call.smid, now)
    left = cast("list[str]", envelope["categories"])
    return notice_page(word_for(call.action, envelope), known, left=left)


def page_against(call: Call, refusal: CallRefusedError) -> Response:
    """Return the page for a call that was refused: in its resource's words, where it has one."""
    known = None
    if refusal.code not in {"store_unavailable", "too_many"}:
        with the_store().read() as connection:
            known = _find_known(connection, call.smid, time_now(connection))
    return notice_page(refusal.code, known, refusal.error, details=refusal.error_text)


def _find_known(connection: Connection, smid: str | None, now: datetime) -> Known | None:
    try:
        resource, subscription = resolve_smid(connection, smid, now)
    except CallRefusedError:
        return None
    return Known(smid or "", resource, subscription, now)
