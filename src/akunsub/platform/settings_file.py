"""Reading ``akunsub.toml``, and saying what is wrong with it and where."""

from __future__ import annotations

import difflib
import json
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import ValidationError

from akunsub.errors import SettingsError
from akunsub.platform.server_settings import LimitSettings, ServerSettings
from akunsub.platform.settings import Api, Category, EventIgnore, Message, Resource, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails


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
        raise SettingsError(source, [describe(detail) for detail in error.errors()]) from error


def describe(detail: ErrorDetails) -> str:
    """Return one of pydantic's findings as a line that begins with the key's path."""
    path = ""
    for part in detail["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    path = path.lstrip(".")
    if detail["type"] == "value_error":
        reason = str(detail["ctx"]["error"])
        # One about a table as a whole begins with the key that it is about.
        between = "." if isinstance(detail["input"], dict) else ": "
        return f"{path}{between}{reason}" if path else reason
    if detail["type"] == "extra_forbidden":
        return f"{path}: unknown key{_did_you_mean(str(detail['loc'][-1]))}"
    if detail["type"] == "missing":
        return f"{path}: is missing"
    shown = json.dumps(detail["input"], default=str)
    return f"{path}: {detail['msg']} (it is {shown[:80]})"


_MODELS = (
    *(Settings, Api, EventIgnore, Resource, Category, Message),
    *(ServerSettings, LimitSettings),
)


def _did_you_mean(key: str) -> str:
    known = {name for model in _MODELS for name in model.model_fields}
    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]}?" if close else "; remove it"
