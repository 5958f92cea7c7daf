"""Accounts: state, emergency close, and a test alert."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from engine.api.views import Accepted, AccountView, Page, ReceiptView
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import IdPath, acting_key
from miniapp.server.openapi.layer import Api

api = Api("accounts")
NOT_FOUND = {404: "No such account"}


class StateBody(BaseModel):
    """The trading state wanted."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["running", "paused", "halted"]


@api.route("GET", "/api/v1/accounts")
async def list_accounts(request: web.Request) -> Page[AccountView]:
    """The person's accounts."""
    return Page(await front(request).accounts.list(user_id(request)))


@api.route("GET", "/api/v1/accounts/{id}", errors=NOT_FOUND)
async def get_account(request: web.Request, path: IdPath) -> AccountView:
    """One account."""
    return await front(request).accounts.get(user_id(request), path.id)


@api.route("POST", "/api/v1/accounts/{id}/state", errors=NOT_FOUND | {409: "Not possible now"})
async def set_state(request: web.Request, path: IdPath, body: StateBody) -> AccountView | Accepted:
    """Pause, resume or halt."""
    return await front(request).accounts.set_state(
        user_id(request), path.id, body.state, acting_key(request)
    )


@api.route("POST", "/api/v1/accounts/{id}/close-all", errors=NOT_FOUND | {409: "Not possible now"})
async def close_all(request: web.Request, path: IdPath) -> AccountView | Accepted:
    """Emergency: cancel and close everything of the account; it stays paused."""
    return await front(request).accounts.close_all(user_id(request), path.id, acting_key(request))


@api.route("POST", "/api/v1/accounts/{id}/test-alert", errors=NOT_FOUND | {409: "Not possible now"})
async def send_test_alert(request: web.Request, path: IdPath) -> ReceiptView:
    """Send a real test alert through the account's own hook."""
    return await front(request).signals.send_test(user_id(request), path.id)
