"""Only this machine may talk to the stand-in: loopback peer, loopback Host, nothing forwarded.

In a container this machine is seen as the bridge's gateway; that address may be named as trusted.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from foundation.errors import Forbidden

_FORWARDING: Final = ("Forwarded", "X-Real-IP", "Via")
_FORWARDED_PREFIX: Final = "x-forwarded-"
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

TRUSTED: Final = web.AppKey("sandbox_trusted", tuple[_Network, ...])
"""Peers that pass on what this very machine sent, such as a container bridge's gateway."""


def refuse_strangers(request: web.Request) -> None:
    """Raise Forbidden unless the request was made on this machine, for this machine."""
    trusted = request.app.get(TRUSTED, ())
    if not _is_loopback(request.remote) and not _is_one_of(request.remote, trusted):
        raise Forbidden("the sandbox answers only to this machine", code="not_local")
    if not _is_loopback(urlsplit(f"//{request.host}").hostname):
        raise Forbidden(
            "open the sandbox as http://127.0.0.1 or http://localhost", code="not_local"
        )
    forwarded = any(name.lower().startswith(_FORWARDED_PREFIX) for name in request.headers)
    if forwarded or any(name in request.headers for name in _FORWARDING):
        raise Forbidden("the sandbox does not answer through a proxy", code="not_local")


def refuse_other_sites(request: web.Request) -> None:
    """Raise Forbidden for a change asked for by another site's page in the person's browser."""
    if request.method in _READING:
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise Forbidden("this request comes from another site", code="other_site")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise Forbidden("this request comes from another site", code="other_site")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Both refusals, before anything is looked at."""
    refuse_strangers(request)
    refuse_other_sites(request)
    return await handler(request)


def _is_one_of(address: str | None, networks: Sequence[_Network]) -> bool:
    try:
        return address is not None and any(
            ipaddress.ip_address(address) in network for network in networks
        )
    except ValueError:
        return False


def _is_loopback(address: str | None) -> bool:
    if address == "localhost":
        return True
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
