"""Requests to addresses people give us: only to the public internet, unless a setting says else.

The name is resolved once and the connection goes to what was checked, so an answer that changes
between looking and connecting reaches nothing inside.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from foundation.errors import InvalidInput

_CARRIERS: Final = tuple(
    ipaddress.ip_network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""IPv6 networks whose addresses carry an IPv4 address inside, which might be anybody's."""


class NotPublic(OSError):
    """The address leads into a private network."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in network for network in _CARRIERS):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def check_target(url: str, *, allow_private: bool, field: str = "url") -> None:
    """Raises InvalidInput for an address nothing may be posted to."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if not host or parts.scheme not in ("https", "http") or port == 0:
        raise InvalidInput("Give a whole address, such as https://example.com/hook.", field=field)
    if parts.username is not None or parts.password is not None or parts.fragment:
        text = "The address may carry no user, password or fragment; put a token into its path."
        raise InvalidInput(text, field=field)
    if allow_private:
        return
    if parts.scheme != "https":
        raise InvalidInput("The address has to begin with https://.", field=field)
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        raise InvalidInput("This address leads into a private network.", field=field)
    if _is_ip(host) and not is_public(host):
        raise InvalidInput("This address leads into a private network.", field=field)


class GuardedResolver(AbstractResolver):
    """Resolves names; what is not public does not exist, unless private ones are allowed."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises NotPublic when any address of the name leads into a private network."""
        found = await self._resolver.resolve(host, port, family)
        if not self._allow_private and not all(is_public(one["host"]) for one in found):
            raise NotPublic(f"{host} leads into a private network")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
