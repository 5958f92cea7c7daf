"""Accounts: state, settings, emergency close, and a test alert."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from engine.api.settings import AccountSettings
from engine.api.views import Accepted, AccountView, Page, ReceiptView
from foundation.money import plain
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import IdPath, acting_key
from miniapp.server.openapi.layer import Api

api = Api("accounts")
NOT_FOUND = {404: "No such account"}


class StateBody(BaseModel):
    """The trading state wanted."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["running", "paused", "halted"]


class SettingsBody(BaseModel):
    """A whole settings document, and the version it was made from."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2_000_000_000, strict=True)
    settings: AccountSettings


@api.route("GET", "/api/v1/accounts")
async def list_accounts(request: web.Request) -> Page[AccountView]:
    """The person's accounts."""
    return Page(await front(request).accounts.list(user_id(request)))


@api.route("GET", "/api/v1/accounts/{id}", errors=NOT_FOUND)
async def get_account(request: web.Request, path: IdPath) -> AccountView:
    """One account."""
    return await front(request).accounts.get(user_id(request), path.id)


@api.route("GET", "/api/v1/accounts/{id}/settings", errors=NOT_FOUND)
async def get_settings(request: web.Request, path: IdPath) -> AccountSettings:
    """The account's settings document."""
    return await front(request).accounts.settings(user_id(request), path.id)


@api.route("PUT", "/api/v1/accounts/{id}/settings", errors=NOT_FOUND | {409: "A later version"})
async def put_settings(
    request: web.Request, path: IdPath, body: SettingsBody
) -> AccountView | Accepted:
    """Save the settings as a new version; open positions keep what they opened with."""
    return await front(request).accounts.save_settings(
        user_id(request), path.id, _plainly(body.settings), body.version, acting_key(request)
    )


def _plainly(settings: AccountSettings) -> AccountSettings:
    """The same amounts in plain digits: ``1E+2`` would be stored and shown as it was sent."""
    return AccountSettings.model_validate(_plain(settings.model_dump()))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


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
