"""How the endpoint stands on the internet: ``[server]`` and ``[limits]``. For production only."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from akunsub.platform.setting_types import Model, Network, network_reader

_HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_STORAGES = ("memory", "redis", "rediss")
_read_network = network_reader('write per_address = "" for no limit')
_TWO_YEARS_S = 2 * 366 * 86400


def _check_host(host: str) -> str:
    name = host.lower()
    if not name.isascii():
        dot = "." if name.startswith(".") else ""
        try:
            name = dot + name.removeprefix(".").encode("idna").decode("ascii")
        except UnicodeError:
            name = ""
    if not _HOST.fullmatch(name):
        raise ValueError(
            f"{host[:80]!r} is not the name of a host: write pxl.example.com, or .example.com for "
            "all below it; without https:// and without a port"
        )
    return name


def _check_origin(origin: str) -> str:
    parts = urlsplit(origin.lower())
    if (
        parts.scheme not in {"http", "https"}
        or origin.lower() != f"{parts.scheme}://{parts.netloc}"
    ):
        raise ValueError(
            f"{origin[:80]!r} is not an origin: write https://shop.example, without a path"
        )
    if not parts.hostname or parts.username is not None:
        raise ValueError(f"{origin[:80]!r} names no host: write https://shop.example")
    return origin.lower()


def _check_rate(text: str) -> str:
    if not text:
        return text
    from limits import parse

    try:
        is_some = parse(text).amount > 0
    except ValueError:
        is_some = False
    if not is_some:
        raise ValueError(f'{text[:40]!r} is not a rate: write "30/minute", or "" for no limit')
    return text


def check_storage(url: str) -> str:
    """
    Return *url* when counters can be kept there.

    Raises:
        ValueError: They cannot. The text does not repeat the URL, which may hold a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in _STORAGES or "://" not in url:
        raise ValueError(
            'is not a place for counters: write "memory://", or "redis://host:6379/0" '
            "(rediss:// for TLS)"
        )
    try:
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        has_host = False
    if parts.scheme != "memory" and not has_host:
        raise ValueError('names no host, or a port that cannot be: write "redis://host:6379/0"')
    return url


Host = Annotated[str, AfterValidator(_check_host)]
Origin = Annotated[str, AfterValidator(_check_origin)]
Rate = Annotated[str, AfterValidator(_check_rate)]


class ServerSettings(Model):
    """``[server]``: what is believed of a request, and who may read an answer."""

    #: What the header Host may be; ".example.com": anything below. Empty: anything.
    hosts: tuple[Host, ...] = ()
    #: The pages whose scripts may read answers of /unsub/*. Empty: any.
    origins: tuple[Origin, ...] = ()
    #: Reverse proxies before the endpoint, each of which adds to X-Forwarded-For and -Proto. 0: who
    #: is connected is who asks.
    trusted_proxies: Annotated[int, Field(ge=0, le=10, strict=True)] = 0
    #: For how long a browser that came by https is to use nothing else. 0: nothing is said.
    hsts_seconds: Annotated[int, Field(ge=0, le=_TWO_YEARS_S, strict=True)] = 0


class LimitSettings(Model):
    """
    ``[limits]``: how many calls are let through; "" for no limit.

    A person, an office behind one address and the SDK's own tries stay far below:

    - One press is one call, and at most some ten tries in 20 seconds when nothing answers; after
      that two a minute. Twenty quick clicks are one call.
    - 600 a minute from one address are ten people a second, each second; and looking does not take
      from the room for changing.
    - A smid that nobody has comes from a broken page, or from somebody who tries.
    """

    #: Where it is counted: in this process, or in a Redis that several machines share.
    storage: Annotated[str, Field(repr=False), AfterValidator(check_storage)] = "memory://"
    #: Calls that can change something, for one subscription's message.
    per_smid: Rate = "30/minute"
    #: Calls from one IPv4 address or IPv6 /64: so many that can change something, and as many that
    #: only look.
    per_address: Rate = "600/minute"
    #: Calls from there with a smid or a token that is of nobody.
    guesses_per_address: Rate = "60/minute"
    #: Never limited per address: a mail service whose one-click requests come from few addresses.
    exempt_networks: tuple[Annotated[Network, BeforeValidator(_read_network)], ...] = ()
