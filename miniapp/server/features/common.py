"""Shapes that several features share: ids in paths, pages, keys."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from foundation import limits
from foundation.ids import new_id
from miniapp.server.deps import deps, user_id
from miniapp.server.repeats import HEADER, key_of

Id = Annotated[str, Field(pattern=r"^[a-z0-9]{1,40}$", description="An object's id.")]
Cursor = Annotated[str | None, Field(max_length=200, pattern=r"^[A-Za-z0-9_=:.\-]+$")]


class IdPath(BaseModel):
    """The id in an object's address."""

    id: Id


class PageQuery(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(limits.PAGE_DEFAULT, ge=1, le=limits.PAGE_MAX)
    cursor: Cursor = None


class AccountQuery(BaseModel):
    """Which account a list is of; without it all of the person's accounts."""

    model_config = ConfigDict(extra="forbid")

    account: Id | None = None


def acting_key(request: web.Request) -> str:
    """The client's idempotency key, bound to its person; a fresh one when none was sent."""
    given = key_of(request)
    if given is None:
        return f"http:{new_id(deps(request).clock.now())}"
    return f"http:{user_id(request)}:{given}"


__all__ = ["HEADER", "AccountQuery", "Cursor", "Id", "IdPath", "PageQuery", "acting_key"]
