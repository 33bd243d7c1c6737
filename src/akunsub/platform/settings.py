"""What the endpoint is told about: resources, their categories, messages that were sent."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    model_validator,
)

from akunsub.platform import ids
from akunsub.platform.addresses import parse_address
from akunsub.platform.rules import MAX_TIMER_S, MIN_TIMER_S, Mode
from akunsub.platform.server_settings import LimitSettings, ServerSettings
from akunsub.platform.setting_types import Model, Network, network_reader
from akunsub.platform.upstream_settings import Upstream

Number = Annotated[int, Field(gt=0, lt=ids.END_OF_NUMBERS, strict=True)]
Text = Annotated[str, Field(min_length=1, max_length=200)]

Channel = Literal["email", "push", "sms", "telegram_bot", "whatsapp"]
#: What a page's URL may hold, and what is put there for each message.
SEND_MESSAGE_ID = "{send_message_id}"
RESOURCE_TOKEN = "{resource_token}"  # noqa: S105 (the placeholder's name)  # nosec B105
_EVERY_BROWSER = "mozilla/5.0 ("
_read_network = network_reader("nobody could unsubscribe")


def _check_page_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not an address of a page: begin with https://")
    _check_host(parts)
    # urlsplit drops line breaks without a word; in a header they would begin another one.
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise ValueError("holds a space or a control character: write %20 for a space")
    for name in re.findall(r"\{[^{}]*\}", url):
        if name not in {SEND_MESSAGE_ID, RESOURCE_TOKEN}:
            raise ValueError(
                f"{name} stands for nothing; there are {SEND_MESSAGE_ID} and {RESOURCE_TOKEN}"
            )
    return url


def _check_host(parts: SplitResult) -> None:
    # What is wrong here would be found out by the person who opens the link.
    host = parts.hostname or ""
    if "{" in host:
        raise ValueError("holds a placeholder in its host: write it into the path or the query")
    try:
        host.encode("idna")
    except UnicodeError as error:
        raise ValueError(f"{host[:80]!r} is not the name of a host") from error
    try:
        _ = parts.port
    except ValueError as error:
        raise ValueError(
            f"{parts.netloc[:80]!r} does not end with a port from 0 to 65535"
        ) from error


PageUrl = Annotated[str, Field(max_length=2000), AfterValidator(_check_page_url)]


class Category(Model):
    """One kind of content within a resource that a person can leave by itself."""

    name: Annotated[str, Field(pattern=ids.CATEGORY_PATTERN)]
    title: Text
    #: Is it on the subscription manager's page?
    in_manager: bool = False
    #: "Subscriber can't unsubscribe from a category": it goes with the whole resource only.
    locked: bool = False


class Resource(Model):
    """What people subscribe to. Its unsubscribe settings hold for all of its messages."""

    account_id: Number
    resource_id: Number
    title: Text
    rtoken: Text
    mode: Mode = "instant"
    #: Mode "delayed": how long a person can change their mind.
    timer_seconds: Annotated[int, Field(ge=MIN_TIMER_S, le=MAX_TIMER_S, strict=True)] = MAX_TIMER_S
    #: Mode "prevented": why, for the person to read. None: a general sentence.
    reason: Text | None = None
    #: May hold {send_message_id} and {resource_token}. None: a page of the endpoint's own.
    unsubscribe_page_url: PageUrl | None = None
    #: Of the endpoint's own pages. None: what the browser asks for.
    language: Literal["en", "ru"] | None = None
    #: Do its messages carry a List-Unsubscribe header?
    list_unsubscribe: bool = True
    #: The databases whose profiles can subscribe to it.
    db_ids: Annotated[tuple[Number, ...], Field(min_length=1)] = (1,)
    categories: tuple[Category, ...] = ()

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Resource:
        _refuse_repeats("categories", [category.name for category in self.categories])
        url = self.unsubscribe_page_url
        if self.mode in {"confirm", "delayed"} and url and SEND_MESSAGE_ID not in url:
            raise ValueError(
                f"unsubscribe_page_url: in the mode {self.mode!r} it must hold {SEND_MESSAGE_ID}, "
                "or the page does not know whom it is about"
            )
        return self


class Message(Model):
    """One message that was sent: the smid tells whose subscription is meant."""

    smid: Annotated[str, Field(pattern=ids.SMID_PATTERN)]
    account_id: Number
    resource_id: Number
    db_id: Number = 1
    channel: Channel = "email"
    #: email, subscription_id (push), phone (sms, whatsapp) or chat id (telegram_bot).
    address: Text
    #: Push only, "Firefox" for example.
    provider: Text | None = None
    profile_id: Annotated[str, Field(pattern=ids.PROFILE_ID_PATTERN)]
    #: The custom unsubscribe link of the message's template: it wins over the resource's page.
    unsubscribe_link: PageUrl | None = None


class Api(Model):
    """The server APIs, ``/api/v1.1/*``."""

    token: Text
    account_id: Number = 1


def _check_user_agent(text: str) -> str:
    if not text.strip() or text.lower() in _EVERY_BROWSER:
        raise ValueError("is in the user agent of every browser: nobody could unsubscribe")
    return text


UserAgent = Annotated[str, Field(min_length=3, max_length=200), AfterValidator(_check_user_agent)]


class EventIgnore(Model):
    """Known mail scanners: what they send changes nothing. The server APIs ask for a token."""

    #: Found anywhere in the header User-Agent, whatever its case.
    user_agents: tuple[UserAgent, ...] = ()
    #: Of the connection's other end. What a header says about it is not believed.
    networks: tuple[Annotated[Network, BeforeValidator(_read_network)], ...] = ()

    def is_named(self, user_agent: str, address: str | None) -> bool:
        """
        Is a caller one of them?

        Args:
            user_agent: As it came; "" when it did not.
            address: Of the connection's other end; None, or no IP address, where there is none.
        """
        said = user_agent.casefold()
        if any(one.casefold() in said for one in self.user_agents):
            return True
        caller = parse_address(address or "")
        return caller is not None and any(caller in network for network in self.networks)


class Settings(Model):
    """The whole file."""

    resources: tuple[Resource, ...]
    messages: tuple[Message, ...] = ()
    #: None: nobody can use them.
    api: Api | None = None
    event_ignore: EventIgnore = EventIgnore()
    #: None: nothing is passed on.
    upstream: Upstream | None = None
    server: ServerSettings = ServerSettings()
    limits: LimitSettings = LimitSettings()

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Settings:
        if not self.resources:
            raise ValueError("resources: there is none; add one under [[resources]]")
        keys = [(resource.account_id, resource.resource_id) for resource in self.resources]
        _refuse_repeats("resources", [f"{account}|{resource}" for account, resource in keys])
        _refuse_repeats("resources, rtoken", [resource.rtoken for resource in self.resources])
        _refuse_repeats("messages, smid", [message.smid for message in self.messages])
        databases = dict(zip(keys, (one.db_ids for one in self.resources), strict=True))
        for index, message in enumerate(self.messages):
            key = (message.account_id, message.resource_id)
            if key not in databases:
                raise ValueError(
                    f"messages[{index}].resource_id: there is no resource {key[0]}|{key[1]}; "
                    "add it under [[resources]]"
                )
            if message.db_id not in databases[key]:
                raise ValueError(
                    f"messages[{index}].db_id: resource {key[0]}|{key[1]} is not for database "
                    f"{message.db_id}; add it to the resource's db_ids"
                )
        return self


def _refuse_repeats(where: str, values: list[str]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ValueError(f"{where}: {value!r} is there twice; give each its own")
