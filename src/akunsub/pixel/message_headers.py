"""``/_unsub/messages/<smid>/headers``: the unsubscribe headers that a message is sent with."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, request

from akunsub.errors import CallRefusedError
from akunsub.pixel.calls import the_store, time_now
from akunsub.platform import headers
from akunsub.platform.intents import resolve_smid

message_headers = Blueprint("message_headers", __name__, url_prefix="/_unsub")


@message_headers.get("/messages/<smid>/headers")
def show_headers(smid: str) -> Response:
    """Tell the headers; ``?url=`` is the pixel host's address, by default the one asked at."""
    with the_store().read() as connection:
        try:
            resource, subscription = resolve_smid(connection, smid, time_now(connection))
        except CallRefusedError as refusal:
            abort(404, description=f"{refusal.error_text}; {refusal.fix}")
    try:
        url = request.args.get("url", request.host_url)
        told = headers.describe(smid, subscription.channel, resource, resource.key, url=url)
    except ValueError as error:
        abort(400, description=str(error))
    return jsonify(told.as_dict())
