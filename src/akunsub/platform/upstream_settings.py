"""The platform that what people do is passed on to: ``[upstream]`` of ``akunsub.toml``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from akunsub.platform.setting_types import Model

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not an address: the platform's, such as https://ru.altkraft.com")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("the token would be sent in clear: begin with https://")
    if parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"):
        raise ValueError(
            "is the scheme and the host, nothing else: https://ru.altkraft.com; "
            "/api/v1.1/… is added"
        )
    return f"{parts.scheme}://{parts.netloc}"


class Upstream(Model):
    """Where to deliver, and how often to try."""

    #: Scheme and host, such as ``https://ru.altkraft.com``.
    url: Annotated[str, Field(max_length=500), AfterValidator(_check_url)]
    #: Holds the API token; relative to the settings file. None: AKUNSUB_UPSTREAM_TOKEN has it.
    token_file: Path | None = None
    #: For connecting, and for each wait on the answer.
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10
    #: Doubled with each try, up to 5 hours.
    first_retry_seconds: Annotated[float, Field(gt=0, le=3600)] = 5
    #: What was sent so often is dead.
    max_tries: Annotated[int, Field(ge=1, le=100, strict=True)] = 16
    #: How long what was delivered is kept, for who asks.
    keep_days: Annotated[int, Field(ge=1, le=3650, strict=True)] = 30

    def relative_to(self, folder: Path) -> Upstream:
        """Return it with the token's file under *folder*, unless its path is absolute."""
        if self.token_file is None:
            return self
        return self.model_copy(update={"token_file": folder / self.token_file})
