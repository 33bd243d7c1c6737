"""Who calls: the address that a call is counted for."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING

from akunsub.platform.addresses import parse_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from akunsub.platform.setting_types import Network

_IPV6_PREFIX = 64


def address_to_count(
    remote_addr: str | None, *, is_behind_proxy: bool, exempt: Sequence[Network]
) -> str | None:
    """
    Return the IPv4 address or IPv6 /64 that a call is counted for; None: it is not counted.

    Args:
        remote_addr: Of the connection's other end, or what a proxy that is believed says.
        is_behind_proxy: Is there one? Behind a proxy that nobody told of, everybody has its
            address, which is one of a private network nearly always. Those are not counted then:
            one flood would keep all others out.
        exempt: Are not counted either.
    """
    address = parse_address(remote_addr or "")
    if address is None or any(address in network for network in exempt):
        return None
    if not is_behind_proxy and (address.is_private or address.is_link_local):
        return None
    if isinstance(address, IPv6Address):
        # What one household or one machine is given: it has 2**64 addresses to change to.
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)
