"""What the tables of ``akunsub.toml`` have in common."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Callable

Network = IPv4Network | IPv6Network


class Model(BaseModel):
    """One table: an unknown key is an error, and nothing in it changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def network_reader(why_not_all: str) -> Callable[[object], Network]:
    """Return what reads a network; *why_not_all* is told against one that is every address."""

    def read(value: object) -> Network:
        if not isinstance(value, str):
            raise ValueError("is not a text")  # noqa: TRY004 (pydantic takes ValueError only)
        network = ip_network(value)
        if network.prefixlen == 0:
            raise ValueError(f"{value} is every address: {why_not_all}")
        return network

    return read
