"""
The requests of the server APIs, declared once: what is validated is what the OpenAPI file says.

Names and order of fields are the platform's documentation's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictStr,
    Tag,
    TypeAdapter,
    create_model,
)

from akunsub.pixel.api import fields as f
from akunsub.platform.settings import Channel

Format = Literal["json", "xml"]
# The root element of every XML body.
_ROOT: dict[str, Any] = {"xml": {"name": "xml"}}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Request(_Part):
    """What every request may hold."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.update(_ROOT))

    token: Annotated[
        f.Text | None,
        Field(description="API token; or in the header Authorization, or in the query."),
    ] = None
    format: Annotated[
        Format | None,
        Field(description="Of the answer. Left out: the format of the request."),
    ] = None


class MessageUnsub(Request):
    """``profiles/message_unsub``."""

    rtoken: Annotated[
        f.Text,
        Field(
            description="Resource token: of the resource of the smid.",
            examples=["2fHLS9YR9daS-a90b371eecc2952f"],
        ),
    ]
    smid: Annotated[
        StrictStr,
        Field(
            description="ID of the sent message.",
            examples=["fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA"],
        ),
    ]
    categories: Annotated[
        f.Names | None,
        Field(description="API names of categories. Left out: the resource as a whole."),
    ] = None


class OfDatabase(Request):
    """``subscriptions/suspend_all`` and ``subscriptions/unsuspend_all``."""

    db_id: Annotated[f.Number, Field(examples=[1])]
    channel: Annotated[Channel | None, Field(description="Left out: all channels.")] = None
    resource_id: Annotated[f.Number | None, Field(description="Left out: all resources.")] = None


class OfProfile(Request):
    """``subscriptions/list``."""

    db_id: Annotated[f.Number, Field(examples=[1])]
    profile_id: Annotated[f.ProfileId, Field(examples=["658997338e8f4032d92fd56d"])]


class _OfSubscription(OfProfile):
    resource_id: Annotated[f.Number, Field(examples=[73])]


class CategoryChoice(_Part):
    """One category: is it subscribed?"""

    name: f.Text
    active: f.Bool


def _kind_of(item: object) -> str:
    # In angle brackets, so that no message takes them for names of fields.
    return "<name>" if isinstance(item, str) else "<choice>"


_Cats = f.array_of(
    Annotated[
        Annotated[f.Text, Tag("<name>")] | Annotated[CategoryChoice, Tag("<choice>")],
        Discriminator(_kind_of),
    ],
    lambda item: item if isinstance(item, str) else item.name,
)


class _Set(_OfSubscription):
    status: f.StatusField | None = None
    priority: Annotated[f.Priority | None, Field(description="0 is the highest.")] = None
    custom_fields: Annotated[
        f.CustomFields | None,
        Field(description="Added to those that are there; null takes one away."),
    ] = None
    cats: Annotated[
        _Cats | None,  # type: ignore[valid-type]  # made by a function
        Field(
            description="Names: all that are subscribed, as subscriptions/get tells them; the "
            "others are left. Objects: only these change."
        ),
    ] = None
    date: Annotated[f.Text | None, Field(description="Accepted, and not kept.")] = None
    ip: Annotated[f.Ip | None, Field(description="Accepted, and not kept.")] = None
    url: Annotated[f.Url | None, Field(description="Accepted, and not kept.")] = None
    skip_triggers: Annotated[f.Bool, Field(description="No event is registered.")] = False


class TelegramChat(_Part):
    """``cc_data`` of ``telegram_bot``."""

    id: Annotated[f.ChatId, Field(description="Chat between the bot and the user.", examples=[1])]


class WhatsappUser(_Part):
    """``cc_data`` of ``whatsapp``."""

    phone: Annotated[f.Text, Field(examples=["+79000000000"])]


class _Email(_Part):
    channel: Literal["email"]
    email: Annotated[f.Text, Field(examples=["john@example.com"])]

    @property
    def address(self) -> str:
        return self.email


class _Push(_Part):
    channel: Literal["push"]
    provider: Annotated[f.Text, Field(examples=["Firefox"])]
    subscription_id: Annotated[f.Text, Field(examples=["abcdefghijklmnqrstuvwxyz"])]

    @property
    def address(self) -> str:
        return self.subscription_id


class _Sms(_Part):
    channel: Literal["sms"]
    phone: Annotated[f.Text, Field(examples=["+79000000000"])]

    @property
    def address(self) -> str:
        return self.phone


class _TelegramBot(_Part):
    channel: Literal["telegram_bot"]
    cc_data: TelegramChat

    @property
    def address(self) -> str:
        return str(self.cc_data.id)


class _Whatsapp(_Part):
    channel: Literal["whatsapp"]
    cc_data: WhatsappUser

    @property
    def address(self) -> str:
        return self.cc_data.phone


_BY_CHANNEL: dict[str, Any] = {
    "email": _Email,
    "push": _Push,
    "sms": _Sms,
    "telegram_bot": _TelegramBot,
    "whatsapp": _Whatsapp,
}


@dataclass(frozen=True)
class Declared:
    """A request's declaration: one model, or one for each channel."""

    adapter: TypeAdapter[Any]
    models: tuple[type[Request], ...]
    is_by_channel: bool = False

    def fields(self, channel: object) -> set[str]:
        """Return the fields that it may have: with a channel, those of that one."""
        chosen = self.models
        if self.is_by_channel and isinstance(channel, str) and channel in _BY_CHANNEL:
            chosen = (self.models[list(_BY_CHANNEL).index(channel)],)
        return {name for one in chosen for name in one.model_fields}


def _one(model: type[Request]) -> Declared:
    return Declared(TypeAdapter(model), (model,))


def _for_each_channel(name: str, base: type[Request]) -> Declared:
    """Return a request that has, beside the fields of *base*, those of its channel."""
    models: tuple[type[Request], ...] = tuple(
        create_model(
            f"{name}{part.__name__.strip('_')}", __base__=(base, part), __module__=__name__
        )
        for part in _BY_CHANNEL.values()
    )
    union = Annotated[Union[models], Field(discriminator="channel")]  # type: ignore[valid-type]  # noqa: UP007
    return Declared(TypeAdapter(union), models, is_by_channel=True)


MESSAGE_UNSUB = _one(MessageUnsub)
OF_DATABASE = _one(OfDatabase)
OF_PROFILE = _one(OfProfile)
OF_SUBSCRIPTION = _for_each_channel("Subscription", _OfSubscription)
SET = _for_each_channel("Set", _Set)
