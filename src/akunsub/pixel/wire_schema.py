"""
The shapes of ``wire``, for the OpenAPI file: bodies of ``/unsub/*`` and every refusal.

``wire`` reads forms and JSON by hand; a test compares its fields with these.
"""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from akunsub.pixel.wire import MAX_REPLACED, MAX_REQUEST_ID_LENGTH
from akunsub.platform import ids
from akunsub.platform.statuses import Status
from akunsub.platform.unsubscribe import Outcome


class UnsubCall(BaseModel):
    """A body of ``/unsub/confirm`` and ``/unsub/cancel``. Other fields are ignored."""

    model_config = ConfigDict(extra="allow")

    smid: Annotated[
        str,
        Field(
            pattern=ids.SMID_PATTERN,
            description="Send message ID: {send_message_id}.",
            examples=["fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA"],
        ),
    ]
    categories: Annotated[
        list[str] | None,
        Field(description="API names. Left out or null: the resource as a whole."),
    ] = None
    rtoken: Annotated[str | None, Field(description="Resource token; it wins over id.")] = None
    id: Annotated[
        str | None,
        Field(description="Script id: base64 of account|resource.", examples=["MXw3Mw=="]),
    ] = None
    request_id: Annotated[
        str | None,
        Field(
            max_length=MAX_REQUEST_ID_LENGTH,
            description="One for each intent: repeated within 24 hours, it gets the first answer.",
        ),
    ] = None
    age_ms: Annotated[
        int | None, Field(ge=0, lt=10**15, description="How long ago the person pressed.")
    ] = None
    replaces: Annotated[
        list[Annotated[str, Field(max_length=MAX_REQUEST_ID_LENGTH)]] | None,
        Field(
            max_length=MAX_REPLACED,
            description="The request_ids of older intents that this one takes the place of: one "
            "that comes later changes nothing.",
        ),
    ] = None
    v: Annotated[str | None, Field(description="Version of the SDK.")] = None


class VerdictField(BaseModel):
    """What the endpoint thinks of the call. Never sent in production."""

    verdict: Literal["good", "bad"]
    rule: str
    wrong: str | None = None
    fix: str | None = None
    nearest: dict[str, Any] | None = None
    warnings: list[str] | None = None


class Refusal(BaseModel):
    """A call that was refused: nothing was changed."""

    model_config = ConfigDict(json_schema_extra={"xml": {"name": "xml"}})

    error: Annotated[int, Field(ge=400, le=599, description="The same as the HTTP status.")]
    error_text: str
    code: Annotated[str, Field(description="What was wrong, in one word.")]
    verdict: VerdictField | None = None


def _outcome_fields() -> dict[str, Any]:
    hints = get_type_hints(Outcome)
    fields: dict[str, Any] = {
        one.name: (hints[one.name], ...) for one in dataclasses.fields(Outcome)
    }
    words: Any = Literal[("pending", *(one.value for one in Status))]
    fields["status"] = (words, ...)
    return {
        "error": (Literal[0], ...),
        "error_text": (Literal["Successful operation"], ...),
        **fields,
        "verdict": (VerdictField | None, None),
    }


#: An answer of ``/unsub/*`` to a call that was carried out.
UnsubDone: type[BaseModel] = create_model(
    "UnsubDone",
    __module__=__name__,
    __doc__="Where the subscription stands after the call.",
    **_outcome_fields(),
)
