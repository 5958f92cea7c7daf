"""Position groups: open ones and closed ones, their story, closing them, retrying what failed."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from engine.api.views import Accepted, EventView, GroupDetail, GroupView, Page
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import Id, IdPath, PageQuery, acting_key
from miniapp.server.openapi.layer import Api

api = Api("groups")
NOT_FOUND = {404: "No such position"}
Symbol = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,20}[/-][A-Z0-9]{1,10}$")]
Fraction = Annotated[
    Decimal,
    Field(gt=0, le=1, max_digits=7, decimal_places=6),
    WithJsonSchema({"type": "string", "pattern": r"^(1|1\.0{1,6}|0\.[0-9]{1,6})$"}),
]


class GroupsQuery(PageQuery):
    """Open positions unless a status is named (``open``, ``closed``, or one of the cycle)."""

    account: Id | None = None
    status: Annotated[str | None, Field(pattern=r"^[a-z_]{1,20}$")] = None
    symbol: Symbol | None = None


class CloseBody(BaseModel):
    """How much to close: a fraction, 1 for all."""

    model_config = ConfigDict(extra="forbid")

    fraction: Fraction = Decimal(1)


def _symbol(given: str | None) -> str | None:
    return given.replace("-", "/") if given else None


@api.route("GET", "/api/v1/groups", errors=NOT_FOUND, polled=True)
async def list_groups(request: web.Request, query: GroupsQuery) -> Page[GroupView]:
    """Position groups, newest first."""
    return await front(request).groups.list(
        user_id(request),
        query.account,
        query.status,
        _symbol(query.symbol),
        query.limit,
        query.cursor,
    )


@api.route("GET", "/api/v1/groups/{id}", errors=NOT_FOUND, polled=True)
async def get_group(request: web.Request, path: IdPath) -> GroupDetail:
    """One group with its pyramids, legs and orders."""
    return await front(request).groups.get(user_id(request), path.id)


@api.route("GET", "/api/v1/groups/{id}/events", errors=NOT_FOUND)
async def group_events(request: web.Request, path: IdPath) -> Page[EventView]:
    """The group's story: every event with its reason."""
    return Page(await front(request).groups.events(user_id(request), path.id))


@api.route("POST", "/api/v1/groups/{id}/close", errors=NOT_FOUND | {409: "Not possible now"})
async def close_group(
    request: web.Request, path: IdPath, body: CloseBody
) -> GroupDetail | Accepted:
    """Close a position, or a fraction of it, at market."""
    return await front(request).groups.close(
        user_id(request), path.id, body.fraction, acting_key(request)
    )


@api.route("POST", "/api/v1/groups/{id}/retry", errors=NOT_FOUND | {409: "Not possible now"})
async def retry_group(request: web.Request, path: IdPath) -> GroupDetail | Accepted:
    """Order the ladder of a position that failed again, in a free slot."""
    return await front(request).groups.retry(user_id(request), path.id, acting_key(request))
