"""Exchange accounts: open one, enter its keys, look at them masked, revoke them."""

from __future__ import annotations

from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from engine.api.keys import GivenKeys, NewSeat
from engine.api.views import AccountView, KeysView, Page
from foundation import limits
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import IdPath
from miniapp.server.openapi.layer import Api

api = Api("keys")
NO_KEYS = {404: "No such account", 409: "The account trades at no exchange"}

Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.HOOK_LABEL_MAX)
]
Typed = Annotated[SecretStr, Field(min_length=1, max_length=limits.VENUE_KEY_MAX)]


class AccountBody(BaseModel):
    """Where a new account shall trade."""

    model_config = ConfigDict(extra="forbid")

    venue: Literal["binance", "bybit"]
    market: Literal["spot", "linear"] = "spot"
    test_net: bool = Field(False, strict=True)
    label: Label


class KeysBody(BaseModel):
    """A key of an exchange; it is tried before it is kept."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    key: Typed
    secret: Typed


@api.route("POST", "/api/v1/accounts", errors={409: "The name is taken, or too many accounts"})
async def open_account(request: web.Request, body: AccountBody) -> AccountView:
    """Open an account at an exchange; enter its keys next."""
    new = NewSeat(body.venue, body.market, body.test_net, body.label)
    return await front(request).keys.open_account(user_id(request), new)


@api.route("GET", "/api/v1/keys")
async def list_keys(request: web.Request) -> Page[KeysView]:
    """The person's exchange accounts and their keys, masked."""
    return Page(await front(request).keys.list(user_id(request)))


@api.route("GET", "/api/v1/accounts/{id}/keys", errors=NO_KEYS)
async def get_keys(request: web.Request, path: IdPath) -> KeysView:
    """One account's keys, masked."""
    return await front(request).keys.get(user_id(request), path.id)


@api.route(
    "POST",
    "/api/v1/accounts/{id}/keys",
    errors=NO_KEYS | {503: "The exchange does not answer"},
)
async def save_keys(request: web.Request, path: IdPath, body: KeysBody) -> KeysView:
    """Try the keys at the exchange and keep them, in place of older ones."""
    given = GivenKeys(body.key.get_secret_value(), body.secret.get_secret_value())
    return await front(request).keys.save(user_id(request), path.id, given)


@api.route("DELETE", "/api/v1/accounts/{id}/keys", errors=NO_KEYS)
async def revoke_keys(request: web.Request, path: IdPath) -> KeysView:
    """Destroy an account's keys; it trades no more."""
    return await front(request).keys.revoke(user_id(request), path.id)


@api.route("DELETE", "/api/v1/keys")
async def revoke_all_keys(request: web.Request) -> Page[KeysView]:
    """Destroy every key of the person."""
    return Page(await front(request).keys.revoke_all(user_id(request)))
