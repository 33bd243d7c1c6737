"""
What ``akunsub serve --production`` asks for before it starts: settings of your own, and tokens.

Tokens come from a file or the environment. On a command line, anybody on the machine can read them.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from akunsub.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from akunsub.platform.settings import Api, Settings

API_TOKEN_VARIABLE = "AKUNSUB_API_TOKEN"  # noqa: S105 (the variable's name)
INSPECTOR_TOKEN_VARIABLE = "AKUNSUB_INSPECTOR_TOKEN"  # noqa: S105 (the variable's name)
METRICS_TOKEN_VARIABLE = "AKUNSUB_METRICS_TOKEN"  # noqa: S105 (the variable's name)
LOG_KEY_VARIABLE = "AKUNSUB_LOG_KEY"
_SOURCE = "--production"
#: Characters.
_MIN_TOKEN_LENGTH, _MAX_TOKEN_LENGTH = 16, 200
_TOKEN = re.compile(r"[!-~]+")


def prepare_settings(
    settings: Settings, *, source: str | None, api_token_file: Path | None
) -> Settings:
    """
    Return *settings* as they are used for real subscribers: with the API token that was given.

    Args:
        settings: As they were read.
        source: The file they are from; None for the built-in sample.
        api_token_file: Holds the token; else the environment does. None there either: the server
            APIs are not used.

    Raises:
        SettingsError: They are the sample, or the token is missing or cannot be used.
    """
    if source is None:
        raise SettingsError(
            _SOURCE,
            ["needs settings of your own: --config FILE, or akunsub.toml in this folder"],
        )
    token = read_token("--api-token-file", api_token_file, API_TOKEN_VARIABLE)
    if token is not None:
        return settings.model_copy(update={"api": _api_with(token, settings, source)})
    if settings.api is not None:
        raise SettingsError(
            _SOURCE,
            [
                (
                    f"[api] in {source} needs a token: --api-token-file FILE or "
                    f"{API_TOKEN_VARIABLE}; or remove [api], and nobody can use the server APIs"
                )
            ],
        )
    return settings


def read_inspector_token(file: Path | None) -> str | None:
    """
    Return what opens the inspector; None when nothing does.

    Raises:
        SettingsError: It was given and cannot be used.
    """
    return read_token("--inspector-token-file", file, INSPECTOR_TOKEN_VARIABLE)


def read_metrics_token(file: Path | None) -> str | None:
    """
    Return what opens /metrics; None when nothing does.

    Raises:
        SettingsError: It was given and cannot be used.
    """
    return read_token("--metrics-token-file", file, METRICS_TOKEN_VARIABLE)


def read_log_key(file: Path | None) -> str | None:
    """
    Return the key of the hashes in the log; None when none was given.

    Raises:
        SettingsError: It was given and cannot be used.
    """
    return read_token("--log-key-file", file, LOG_KEY_VARIABLE)


def read_token(option: str, file: Path | None, variable: str) -> str | None:
    """
    Read a token from *file*, else from the environment; None when neither is given.

    Raises:
        SettingsError: It cannot be read, or is one that others know or can guess.
    """
    if file is not None:
        origin = f"{option} {file}"
        try:
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(origin, [f"cannot be read: {error}"]) from error
    elif variable in os.environ:
        origin, token = variable, os.environ[variable].strip()
    else:
        return None
    problem = _problem_with(token)
    if problem:
        raise SettingsError(origin, [problem])
    return token


def _problem_with(token: str) -> str | None:
    from akunsub.platform.settings_file import load_sample

    sample = load_sample().api
    if not token:
        return "is empty"
    if sample is not None and token == sample.token:
        return "holds the documentation's token, which everybody knows; make one of your own"
    if not _TOKEN.fullmatch(token):
        return "must hold one token: letters, digits and signs of ASCII, in one line without spaces"
    if not _MIN_TOKEN_LENGTH <= len(token) <= _MAX_TOKEN_LENGTH:
        return f"must hold a token of {_MIN_TOKEN_LENGTH} to {_MAX_TOKEN_LENGTH} characters"
    return None


def _api_with(token: str, settings: Settings, source: str) -> Api:
    from akunsub.platform.settings import Api

    if settings.api is not None:
        return settings.api.model_copy(update={"token": token})
    accounts = {resource.account_id for resource in settings.resources}
    if len(accounts) > 1:
        raise SettingsError(
            source,
            ["api.account_id: is missing, and there are resources of several accounts"],
        )
    return Api(token=token, account_id=accounts.pop())
