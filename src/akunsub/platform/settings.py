"""
What the endpoint is told about: resources, their categories, messages that were sent.

It owns ``akunsub.toml``: reading it, and saying what is wrong with it and where.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from akunsub.errors import SettingsError
from akunsub.platform import ids

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

Number = Annotated[int, Field(gt=0, lt=10**18, strict=True)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Category(_Model):
    """One kind of content within a resource that a person can leave by itself."""

    name: Annotated[str, Field(pattern=ids.CATEGORY_PATTERN)]
    title: Text


class Resource(_Model):
    """What people subscribe to. Its unsubscribe settings hold for all of its messages."""

    account_id: Number
    resource_id: Number
    title: Text
    rtoken: Text
    mode: Literal["confirm"] = "confirm"
    categories: tuple[Category, ...] = ()

    @model_validator(mode="after")
    def _category_names_are_unique(self) -> Resource:
        _refuse_repeats("categories", [category.name for category in self.categories])
        return self


class Message(_Model):
    """One message that was sent: the smid tells whose subscription is meant."""

    smid: Annotated[str, Field(pattern=ids.SMID_PATTERN)]
    account_id: Number
    resource_id: Number
    channel: Literal["email", "push", "sms", "telegram_bot", "whatsapp"] = "email"
    address: Text
    profile_id: Annotated[str, Field(pattern=ids.PROFILE_ID_PATTERN)]


class Settings(_Model):
    """The whole file."""

    resources: tuple[Resource, ...]
    messages: tuple[Message, ...] = ()

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Settings:
        if not self.resources:
            raise ValueError("resources: there is none; add one under [[resources]]")
        keys = [(resource.account_id, resource.resource_id) for resource in self.resources]
        _refuse_repeats("resources", [f"{account}|{resource}" for account, resource in keys])
        _refuse_repeats("resources, rtoken", [resource.rtoken for resource in self.resources])
        _refuse_repeats("messages, smid", [message.smid for message in self.messages])
        for index, message in enumerate(self.messages):
            if (message.account_id, message.resource_id) not in keys:
                raise ValueError(
                    f"messages[{index}].resource_id: there is no resource "
                    f"{message.account_id}|{message.resource_id}; add it under [[resources]]"
                )
        return self


def _refuse_repeats(where: str, values: list[str]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ValueError(f"{where}: {value!r} is there twice; give each its own")


def load_sample() -> Settings:
    """Return the built-in sample, which answers the documentation's own examples."""
    return parse_settings(read_sample(), source="sample.toml")


def read_sample() -> str:
    """Return the text of the built-in sample, to start an ``akunsub.toml`` from."""
    return files("akunsub.platform").joinpath("sample.toml").read_text(encoding="utf-8")


def load_settings(path: Path) -> Settings:
    """
    Read a settings file.

    Raises:
        SettingsError: It cannot be read, is not TOML, or says something that cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), [f"cannot be read: {error}"]) from error
    return parse_settings(text, source=str(path))


def parse_settings(text: str, *, source: str) -> Settings:
    """
    Check the text of a settings file.

    Args:
        text: TOML.
        source: The name that errors begin with.

    Raises:
        SettingsError: With every problem found, each under its key's path.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(source, [f"is not TOML: {error}"]) from error
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise SettingsError(source, [_describe(detail) for detail in error.errors()]) from error


def _describe(detail: ErrorDetails) -> str:
    path = ""
    for part in detail["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    path = path.lstrip(".")
    if detail["type"] == "value_error":
        reason = str(detail["ctx"]["error"])
        return f"{path}.{reason}" if path else reason
    if detail["type"] == "extra_forbidden":
        return f"{path}: unknown key{_did_you_mean(str(detail['loc'][-1]))}"
    if detail["type"] == "missing":
        return f"{path}: is missing"
    shown = json.dumps(detail["input"], default=str)
    return f"{path}: {detail['msg']} (it is {shown[:80]})"


def _did_you_mean(key: str) -> str:
    known = {
        name for model in (Settings, Resource, Category, Message) for name in model.model_fields
    }
    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]}?" if close else "; remove it"
