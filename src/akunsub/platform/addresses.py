"""Reading the address of a caller, as a socket or a proxy tells it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit


@lru_cache(maxsize=1024)
def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that *text* is, with or without a port; None: it is none."""
    try:
        address = ip_address(text)
    except ValueError:
        # Some proxies add the port: 203.0.113.1:5678, [2001:db8::1]:5678.
        try:
            address = ip_address(urlsplit(f"//{text}").hostname or "")
        except ValueError:
            return None
    # What a socket for both versions calls an IPv4 address.
    return getattr(address, "ipv4_mapped", None) or address
