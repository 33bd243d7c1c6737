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
from akunsub.platform.upstream_settings import Upstream

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails


def load_sample() -> Settings:
    """Return the built-in sample, which answers the documentation's own examples."""
    return parse_settings(read_sample(), source="sample.toml")


def has_sample_resources(settings: Settings) -> bool:
    """Are the resources the sample's, because the file has an upstream and none of its own?"""
    return settings.upstream is not None and settings.resources == load_sample().resources


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
    return parse_settings(text, source=str(path), folder=path.parent)


def parse_settings(text: str, *, source: str, folder: Path | None = None) -> Settings:
    """
    Check the text of a settings file.

    With an upstream and no resources, they are the built-in sample's, so that it can be tried.

    Args:
        text: TOML.
        source: The name that errors begin with.
        folder: What the files that it names are relative to; else to where the program runs.

    Raises:
        SettingsError: With every problem found, each under its key's path.
    """
    try:
        tree = tomllib.loads(text)
    except ValueError as error:  # one of TOML's own, or a number of some thousand digits
        raise SettingsError(source, [f"is not TOML: {error}"]) from error
    except RecursionError as error:
        raise SettingsError(source, ["is not TOML: it is nested too deep"]) from error
    if "upstream" in tree and "resources" not in tree:
        tree = tomllib.loads(read_sample()) | tree
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        raise SettingsError(source, [describe(detail) for detail in error.errors()]) from error
    if settings.upstream is None or folder is None:
        return settings
    return settings.model_copy(update={"upstream": settings.upstream.relative_to(folder)})


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
    return f"{path}: {detail['msg']} (it is {_show(detail['input'])})"


def _show(value: object) -> str:
    try:
        return json.dumps(value, default=str)[:80]
    except ValueError:
        return "a number of some thousand digits"


_MODELS = (
    *(Settings, Api, EventIgnore, Resource, Category, Message),
    *(ServerSettings, LimitSettings, Upstream),
)


def _did_you_mean(key: str) -> str:
    known = {name for model in _MODELS for name in model.model_fields}
    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]}?" if close else "; remove it"
