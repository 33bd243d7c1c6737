"""
What ``akunsub serve --production`` asks for before it starts: settings of your own, and tokens.

Tokens come from a file or the environment. On a command line, anybody on the machine can read them.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from akunsub.errors import SettingsError
from akunsub.platform.tokens import is_same_token

if TYPE_CHECKING:
    from pathlib import Path

    from akunsub.platform.settings import Api, Settings
    from akunsub.platform.upstream_settings import Upstream

API_TOKEN_VARIABLE = "AKUNSUB_API_TOKEN"  # noqa: S105 (the variable's name)  # nosec B105
LIMITS_STORAGE_VARIABLE = "AKUNSUB_LIMITS_STORAGE"
INSPECTOR_TOKEN_VARIABLE = "AKUNSUB_INSPECTOR_TOKEN"  # noqa: S105 (the variable's name)  # nosec B105
UPSTREAM_TOKEN_VARIABLE = "AKUNSUB_UPSTREAM_TOKEN"  # noqa: S105 (the variable's name)  # nosec B105
METRICS_TOKEN_VARIABLE = "AKUNSUB_METRICS_TOKEN"  # noqa: S105 (the variable's name)  # nosec B105
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
    from akunsub.platform.settings_file import has_sample_resources

    if source is None:
        raise SettingsError(
            _SOURCE,
            ["needs settings of your own: --config FILE, or akunsub.toml in this folder"],
        )
    if has_sample_resources(settings):
        raise SettingsError(
            source, ["resources: are the built-in sample's; add your own under [[resources]]"]
        )
    settings = _with_limits_storage(settings)
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


def describe_gaps(settings: Settings, *, host: str) -> list[str]:
    """
    Return what is worth a warning: it works, and is less safe than it could be.

    Args:
        settings: As they are used.
        host: The address that is listened on.
    """
    gaps = []
    if not settings.server.hosts:
        gaps.append(
            "every Host is answered: set [server] hosts to the names of this endpoint, "
            'for example hosts = ["pxl.example.com"]'
        )
    is_local = host in {"127.0.0.1", "::1", "localhost"}
    if is_local and not settings.server.trusted_proxies:
        gaps.append(
            "only this machine can connect, so a proxy stands before it: set [server] "
            "trusted_proxies = 1, or nobody is limited per address"
        )
    return gaps


def _with_limits_storage(settings: Settings) -> Settings:
    from akunsub.platform.server_settings import check_storage

    url = os.environ.get(LIMITS_STORAGE_VARIABLE)
    if url is None:
        return settings
    try:
        check_storage(url)
    except ValueError as error:
        raise SettingsError(LIMITS_STORAGE_VARIABLE, [str(error)]) from error
    limits = settings.limits.model_copy(update={"storage": url})
    return settings.model_copy(update={"limits": limits})


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


def read_upstream_token(upstream: Upstream, *, production: bool) -> str:
    """
    Return the token that *upstream* is asked with.

    Args:
        upstream: Names the file; else the environment has it.
        production: The documentation's token, and a short one, are refused.

    Raises:
        SettingsError: It is missing or cannot be used.
    """
    option = "upstream.token_file"
    if production:
        token = read_token(option, upstream.token_file, UPSTREAM_TOKEN_VARIABLE)
    else:
        token, origin = _find_token(option, upstream.token_file, UPSTREAM_TOKEN_VARIABLE)
        if token is not None and not _TOKEN.fullmatch(token):
            raise SettingsError(origin, ["must hold one token, in one line without spaces"])
    if token is None:
        raise SettingsError(
            "upstream",
            [f"token_file: is missing; name the file, or set {UPSTREAM_TOKEN_VARIABLE}"],
        )
    return token


def read_token(option: str, file: Path | None, variable: str) -> str | None:
    """
    Read a token from *file*, else from the environment; None when neither is given.

    Raises:
        SettingsError: It cannot be read, or is one that others know or can guess.
    """
    token, origin = _find_token(option, file, variable)
    if token is None:
        return None
    problem = _problem_with(token)
    if problem:
        raise SettingsError(origin, [problem])
    return token


def _find_token(option: str, file: Path | None, variable: str) -> tuple[str | None, str]:
    """Return the token, if there is one, and where it is from."""
    if file is None:
        token = os.environ.get(variable)
        return (None if token is None else token.strip()), variable
    origin = f"{option} {file}"
    try:
        return file.read_text(encoding="utf-8").strip(), origin
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(origin, [f"cannot be read: {error}"]) from error


def _problem_with(token: str) -> str | None:
    from akunsub.platform.settings_file import load_sample

    sample = load_sample().api
    if not token:
        return "is empty"
    if sample is not None and is_same_token(token, sample.token):
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
