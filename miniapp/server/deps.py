"""What the server is given by the wiring, and how handlers reach it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import hdrs, web

from engine.api.front import Front
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.people import Origin, People
from foundation.settings import Settings
from miniapp.server.rates import client_address
from miniapp.server.session import Identity, Sessions

WebHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class ServerDeps:
    """The parts of the house the server shows.

    ``bot_token`` proves init data. ``telegram_webhook`` takes Telegram's posts when the bot
    listens by webhook. ``move_market`` sets a simulated price (sandbox only).
    """

    settings: Settings
    front: Front
    people: People
    database: Database
    clock: Clock
    bus: Bus
    jwt_private_key_pem: bytes
    bot_token: str
    bot_username: Callable[[], Awaitable[str | None]]
    telegram_webhook: Callable[[], WebHandler | None]
    sandbox_url: str | None
    move_market: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, str]]] | None


DEPS: web.AppKey[ServerDeps] = web.AppKey("deps", ServerDeps)
SESSIONS: web.AppKey[Sessions] = web.AppKey("sessions", Sessions)
IDENTITY: web.RequestKey[Identity] = web.RequestKey("identity", Identity)
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)


def deps(request: web.Request) -> ServerDeps:
    return request.app[DEPS]


def front(request: web.Request) -> Front:
    return request.app[DEPS].front


def identity(request: web.Request) -> Identity:
    """Who asks; only routes behind the session have one."""
    return request[IDENTITY]


def user_id(request: web.Request) -> str:
    return identity(request).user_id


def origin(request: web.Request) -> Origin:
    """Where from: kept apart from the log and erasable."""
    address = client_address(request, deps(request).settings.trusted_proxies)
    return Origin(address, request.headers.get(hdrs.USER_AGENT))
