"""Alerts: the hooks they come in by, a receipt for each, and the log of events."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from engine.api.views import EventView, HookView, Page, ReceiptView
from foundation import limits
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import AccountQuery, Id, IdPath, PageQuery
from miniapp.server.openapi.layer import Api

api = Api("alerts")
NO_HOOK = {404: "No such hook"}


class ReceiptsQuery(AccountQuery, PageQuery):
    """Receipts of one account, or of all."""


class LogsQuery(BaseModel):
    """Events of an account after the event with this ``seq`` and, as ``after``, this ``id``."""

    model_config = ConfigDict(extra="forbid")

    account: Id
    since: int = Field(0, ge=0, le=2**53)
    after: int | None = Field(None, ge=0, le=2**53)
    limit: int = Field(limits.PAGE_DEFAULT, ge=1, le=limits.PAGE_MAX)


class RecentQuery(BaseModel):
    """The last events of some kinds, by their names with commas between them."""

    model_config = ConfigDict(extra="forbid")

    account: Id
    kinds: Annotated[str, Field(pattern=r"^[a-z_]{1,40}(,[a-z_]{1,40}){0,19}$")]
    limit: int = Field(limits.PAGE_DEFAULT, ge=1, le=limits.PAGE_MAX)


class HookBody(BaseModel):
    """A new hook for an account."""

    model_config = ConfigDict(extra="forbid")

    account: Id
    label: Annotated[str, Field(min_length=1, max_length=limits.HOOK_LABEL_MAX)] = "TradingView"


@api.route("GET", "/api/v1/receipts", errors={404: "No such account"}, polled=True)
async def list_receipts(request: web.Request, query: ReceiptsQuery) -> Page[ReceiptView]:
    """What became of every alert, newest first."""
    if query.account is not None:
        await front(request).accounts.get(user_id(request), query.account)
    return await front(request).receipts.list(
        user_id(request), query.account, query.limit, query.cursor
    )


@api.route("GET", "/api/v1/receipts/{id}", errors={404: "No such receipt"})
async def get_receipt(request: web.Request, path: IdPath) -> ReceiptView:
    """One receipt."""
    return await front(request).receipts.get(user_id(request), path.id)


@api.route("GET", "/api/v1/logs", errors={404: "No such account"})
async def list_events(request: web.Request, query: LogsQuery) -> Page[EventView]:
    """Events of an account in order; go on with the last one's ``seq`` as ``since`` and ``id`` as
    ``after``, for what happens between two decisions has the seq of the one before.
    """
    found = await front(request).events.since(
        user_id(request), query.account, query.since, query.limit, query.after
    )
    return Page(found)


@api.route("GET", "/api/v1/logs/recent", errors={404: "No such account"}, polled=True)
async def recent_events(request: web.Request, query: RecentQuery) -> Page[EventView]:
    """The account's last events of these kinds, newest first; one decision has one ``seq``."""
    found = await front(request).events.recent(
        user_id(request), query.account, query.kinds.split(","), query.limit
    )
    return Page(found)


@api.route("GET", "/api/v1/hooks", errors={404: "No such account"})
async def list_hooks(request: web.Request, query: AccountQuery) -> Page[HookView]:
    """The person's TradingView hooks with their addresses and the body to paste."""
    if query.account is not None:
        await front(request).accounts.get(user_id(request), query.account)
    return Page(await front(request).hooks.list(user_id(request), query.account))


@api.route("POST", "/api/v1/hooks", errors={404: "No such account", 409: "Too many hooks"})
async def create_hook(request: web.Request, body: HookBody) -> HookView:
    """Make a hook."""
    return await front(request).hooks.create(user_id(request), body.account, body.label)


@api.route("POST", "/api/v1/hooks/{id}/rotate", errors=NO_HOOK)
async def rotate_hook(request: web.Request, path: IdPath) -> HookView:
    """Give a hook a new address; the old one stops working at once."""
    return await front(request).hooks.rotate(user_id(request), path.id)


@api.route("DELETE", "/api/v1/hooks/{id}", errors=NO_HOOK)
async def revoke_hook(request: web.Request, path: IdPath) -> None:
    """Revoke a hook for good."""
    await front(request).hooks.revoke(user_id(request), path.id)
