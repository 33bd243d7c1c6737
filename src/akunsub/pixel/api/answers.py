"""
The answers of the server APIs: their fields, in the documented order.

The code that answers makes these, so the OpenAPI file cannot say anything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, create_model

from akunsub.platform.statuses import Status

if TYPE_CHECKING:
    from akunsub.platform.resources import Resource
    from akunsub.platform.subscriptions import Subscription

# The root element of every XML body.
_ROOT: dict[str, Any] = {"xml": {"name": "xml"}}


class Answer(BaseModel):
    """An answer to a call that was carried out."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.update(_ROOT))


class Done(Answer):
    """Nothing more to tell."""

    error: Literal[0] = 0
    error_text: Literal["Successful operation"] = "Successful operation"


class ProfileDone(Done):
    """``profiles/message_unsub``."""

    profile_id: str


class CountDone(Done):
    """``subscriptions/suspend_all``, ``unsuspend_all``."""

    updated: int = Field(ge=0, description="How many subscriptions were changed.")


class DeleteDone(Answer):
    """``subscriptions/delete``, ``undelete``."""

    data: None = None
    error: Literal[0] = 0
    error_text: Literal["Successful operation"] = "Successful operation"


class TelegramData(BaseModel):
    id: int | str


class WhatsappData(BaseModel):
    phone: str


_TYPES: dict[str, Any] = {
    "priority": int,
    "provider": str | None,
    "resource_id": int,
    "status": Status,
    "email": str,
    "subscription_id": str,
    "phone": str,
    "custom_fields": dict[str, Any],
    "cats": list[str],
}
#: The field that holds the address, by channel.
_ADDRESS = {
    "email": ("email", str),
    "push": ("subscription_id", str),
    "sms": ("phone", str),
    "telegram_bot": ("cc_data", TelegramData),
    "whatsapp": ("cc_data", WhatsappData),
}


def _model(name: str, channel: str, order: str) -> Any:  # noqa: ANN401 (types are values here)
    address, kind = _ADDRESS[channel]
    types = _TYPES | {"channel": Literal[channel], address: kind}
    names = [address if one == "ADDRESS" else one for one in order.split()]
    if channel != "push":
        names.remove("provider")
    title = channel.title().replace("_", "")
    fields: dict[str, Any] = {one: (types[one], ...) for one in names}
    return create_model(f"{name}{title}", __module__=__name__, **fields)


_DETAILS = {
    channel: _model(
        "Details",
        channel,
        "channel priority provider resource_id status ADDRESS custom_fields cats",
    )
    for channel in _ADDRESS
}
_LINES = {
    channel: _model(
        "Line", channel, "resource_id channel provider ADDRESS priority status custom_fields"
    )
    for channel in _ADDRESS
}
_AnyDetails: Any = Union[tuple(_DETAILS.values())]  # noqa: UP007
_AnyLine: Any = Union[tuple(_LINES.values())]  # noqa: UP007


class GetDone(Answer):
    """``subscriptions/get``."""

    data: _AnyDetails
    error: Literal[0] = 0
    error_text: Literal["Successful operation"] = "Successful operation"


class ListDone(Answer):
    """``subscriptions/list``."""

    data: list[_AnyLine]
    error: Literal[0] = 0
    error_text: Literal["Successful operation"] = "Successful operation"


def details(resource: Resource, subscription: Subscription) -> GetDone:
    """Return one subscription, with the categories that are still subscribed."""
    left = subscription.left_categories
    cats = [name for name in resource.categories if name not in left]
    model = _DETAILS[subscription.channel]
    return GetDone(data=model(**_facts(subscription), cats=cats))


def lines(subscriptions: list[Subscription]) -> ListDone:
    """Return a profile's subscriptions."""
    return ListDone(data=[_LINES[one.channel](**_facts(one)) for one in subscriptions])


def _facts(subscription: Subscription) -> dict[str, Any]:
    return {
        "channel": subscription.channel,
        "priority": subscription.priority,
        "provider": subscription.provider,
        "resource_id": subscription.resource_key.resource_id,
        # The word that the platform has for it: it knows of no "pending".
        "status": subscription.state.status,
        "custom_fields": subscription.custom_fields,
        **_address(subscription.channel, subscription.address),
    }


def _address(channel: str, address: str) -> dict[str, Any]:
    name, _ = _ADDRESS[channel]
    if channel == "telegram_bot":
        is_number = address.removeprefix("-").isdecimal() and address.isascii()
        return {name: {"id": int(address) if is_number else address}}
    return {name: {"phone": address} if channel == "whatsapp" else address}
