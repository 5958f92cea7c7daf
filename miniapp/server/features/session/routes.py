"""Signing in: init data once, then renewal by an opaque token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import hdrs, web
from pydantic import BaseModel, ConfigDict, Field

from foundation.errors import Unauthorised
from foundation.people import User
from miniapp.server.deps import SESSIONS, deps, identity
from miniapp.server.hub import HUB
from miniapp.server.initdata import verify
from miniapp.server.openapi.layer import Api
from miniapp.server.session import Granted

api = Api("session")


class SessionBody(BaseModel):
    """Empty with init data in the header; else the renew token of an earlier answer."""

    model_config = ConfigDict(extra="forbid")

    renew_token: str | None = Field(None, min_length=20, max_length=200)


@dataclass(frozen=True, slots=True)
class UserView:
    """A person as the platform knows them."""

    id: str
    telegram_id: int
    first_name: str
    username: str | None
    language: str | None
    role: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session: ``token`` for ``Authorization: Bearer``, ``renew_token`` for the next one."""

    token: str
    expires_at: datetime
    renew_token: str
    user: UserView


@api.route(
    "POST", "/api/v1/session", errors={401: "Not signed in", 403: "May not join"}, public=True
)
async def open_session(request: web.Request, body: SessionBody) -> SessionView:
    """Sign in with ``Authorization: tma <init data>``, or renew with a renew token."""
    parts = deps(request)
    scheme, _, raw = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "tma":
        person = verify(raw.strip(), parts.bot_token, parts.clock.now())
        user = await parts.people.ensure(
            person.id, person.first_name, person.username, person.language
        )
        await parts.front.accounts.ensure_paper(user.id)
        return _view(await request.app[SESSIONS].grant(user.id), user)
    if body.renew_token is None:
        text = "Send Authorization: tma <init data>, or a renew_token."
        raise Unauthorised(text, code="no_credentials")
    granted = await request.app[SESSIONS].renew(body.renew_token)
    return _view(granted, await parts.people.get(granted.user_id))


@api.route("DELETE", "/api/v1/session")
async def close_session(request: web.Request) -> None:
    """Sign out: the session acts and streams no more, and cannot be renewed."""
    session_id = identity(request).session_id
    await request.app[SESSIONS].revoke(session_id)
    request.app[HUB].end_session(session_id)


@api.route("GET", "/api/v1/me")
async def me(request: web.Request) -> UserView:
    """The person this session belongs to."""
    return _user(await deps(request).people.get(identity(request).user_id))


def _view(granted: Granted, user: User) -> SessionView:
    return SessionView(granted.token, granted.expires_at, granted.renew_token, _user(user))


def _user(user: User) -> UserView:
    return UserView(
        id=user.id,
        telegram_id=user.telegram_id,
        first_name=user.first_name,
        username=user.username,
        language=user.language,
        role=user.role.value,
    )
