"""What the server is given by the wiring, and how handlers reach it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from engine.api.front import Front
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.people import People
from foundation.settings import Settings
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
    bot_username: Callable[[], str | None]
    telegram_webhook: Callable[[], WebHandler | None]
    sandbox_url: str | None
    move_market: Callable[[str, str], Awaitable[Mapping[str, str]]] | None


DEPS: web.AppKey[ServerDeps] = web.AppKey("deps", ServerDeps)
SESSIONS: web.AppKey[Sessions] = web.AppKey("sessions", Sessions)
IDENTITY = "identity"
REQUEST_ID = "request_id"


def deps(request: web.Request) -> ServerDeps:
    return request.app[DEPS]


def front(request: web.Request) -> Front:
    return request.app[DEPS].front


def identity(request: web.Request) -> Identity:
    """Who asks; only routes behind the session have one."""
    found: Identity = request[IDENTITY]
    return found


def user_id(request: web.Request) -> str:
    return identity(request).user_id
