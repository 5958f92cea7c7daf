"""The installation's trading state and people's limits, for owner and admins."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from engine.api.entitlements import LimitsView, NewLimits
from engine.api.installation import InstallationView
from foundation import limits
from foundation.errors import NotFound
from foundation.people import Role, User
from foundation.people.access import require_role
from miniapp.server.deps import deps, front, user_id
from miniapp.server.openapi.layer import Api

api = Api("installation")
ADMIN = {403: "For owner and admins"}
NO_USER = ADMIN | {404: "No such user"}
Count = Annotated[int | None, Field(ge=0, le=limits.PLAN_COUNT_MAX)]


class TradingBody(BaseModel):
    """The trading state wanted for all accounts."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["running", "paused", "halted"]


class UserPath(BaseModel):
    """A person, by Telegram id."""

    id: Annotated[int, Field(ge=1, le=2**52 - 1, description="The person's Telegram id.")]


class LimitsBody(BaseModel):
    """What a person's plan allows; null is no limit."""

    model_config = ConfigDict(extra="forbid")

    max_open_groups: Count = None
    max_pyramids: Count = None
    max_symbols: Count = None
    max_exposure_usd: Annotated[Decimal | None, Field(ge=0, le=limits.PLAN_USD_MAX)] = None
    venues: Annotated[list[str] | None, Field(max_length=20)] = None
    valid_until: AwareDatetime | None = None
    grace_hours: int = Field(0, ge=0, le=limits.PLAN_GRACE_HOURS_MAX)


@api.route("GET", "/api/v1/installation", errors=ADMIN)
async def get_installation(request: web.Request) -> InstallationView:
    """The trading state of all accounts together."""
    await _admin(request)
    return await front(request).installation.get()


@api.route("POST", "/api/v1/installation/state", errors=ADMIN)
async def set_installation_state(request: web.Request, body: TradingBody) -> InstallationView:
    """Pause, resume or halt all accounts, and those opened later."""
    admin = await _admin(request)
    return await front(request).installation.set_state(admin.id, body.state)


@api.route("GET", "/api/v1/me/limits")
async def my_limits(request: web.Request) -> LimitsView:
    """What the person's own plan allows."""
    return await front(request).entitlements.get(user_id(request))


@api.route("GET", "/api/v1/users/{id}/limits", errors=NO_USER)
async def get_limits(request: web.Request, path: UserPath) -> LimitsView:
    """What a person's plan allows."""
    await _admin(request)
    return await front(request).entitlements.get((await _person(request, path.id)).id)


@api.route("PUT", "/api/v1/users/{id}/limits", errors=NO_USER)
async def put_limits(request: web.Request, path: UserPath, body: LimitsBody) -> LimitsView:
    """Limit what a person's accounts may do, until when, and with how much grace."""
    admin = await _admin(request)
    person = await _person(request, path.id)
    new = NewLimits(
        max_open_groups=body.max_open_groups,
        max_pyramids=body.max_pyramids,
        max_symbols=body.max_symbols,
        max_exposure_usd=body.max_exposure_usd,
        venues=None if body.venues is None else tuple(body.venues),
        valid_until=body.valid_until,
        grace_hours=body.grace_hours,
    )
    return await front(request).entitlements.save(person.id, new, admin.id)


@api.route("DELETE", "/api/v1/users/{id}/limits", errors=NO_USER)
async def remove_limits(request: web.Request, path: UserPath) -> LimitsView:
    """Limit a person no more."""
    admin = await _admin(request)
    person = await _person(request, path.id)
    return await front(request).entitlements.save(person.id, None, admin.id)


async def _admin(request: web.Request) -> User:
    """Who asks, if owner or admin. Raises Forbidden."""
    user = await deps(request).people.get(user_id(request))
    require_role(user, Role.ADMIN)
    return user


async def _person(request: web.Request, telegram_id: int) -> User:
    """Raises NotFound."""
    found = await deps(request).people.by_telegram(telegram_id)
    if found is None:
        raise NotFound("there is no such user", code="user_not_found")
    return found
