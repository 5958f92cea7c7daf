"""Webhooks: addresses that hear an account's events; list, make, new secret, try again, remove."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from engine.api.views import Page
from engine.api.webhooks import DeliveryView, WebhookView
from foundation import limits
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import AccountQuery, Id, IdPath
from miniapp.server.openapi.layer import Api

api = Api("webhooks")
NO_WEBHOOK = {404: "No such webhook"}


class WebhookBody(BaseModel):
    """A new address for an account's events."""

    model_config = ConfigDict(extra="forbid")

    account: Id
    url: Annotated[str, Field(min_length=1, max_length=limits.WEBHOOK_URL_MAX)]
    label: Annotated[str, Field(min_length=1, max_length=limits.WEBHOOK_LABEL_MAX)] = "Webhook"


@api.route("GET", "/api/v1/webhooks", errors={404: "No such account"})
async def list_webhooks(request: web.Request, query: AccountQuery) -> Page[WebhookView]:
    """The person's webhooks, secrets masked."""
    if query.account is not None:
        await front(request).accounts.get(user_id(request), query.account)
    return Page(await front(request).webhooks.list(user_id(request), query.account))


@api.route("POST", "/api/v1/webhooks", errors={404: "No such account", 409: "Too many webhooks"})
async def create_webhook(request: web.Request, body: WebhookBody) -> WebhookView:
    """Post every event from now on to this address; the secret is shown this once."""
    return await front(request).webhooks.create(
        user_id(request), body.account, body.url, body.label
    )


@api.route("POST", "/api/v1/webhooks/{id}/rotate", errors=NO_WEBHOOK)
async def rotate_webhook(request: web.Request, path: IdPath) -> WebhookView:
    """Make a new secret; the old one signs no more."""
    return await front(request).webhooks.rotate(user_id(request), path.id)


@api.route("POST", "/api/v1/webhooks/{id}/enable", errors=NO_WEBHOOK)
async def enable_webhook(request: web.Request, path: IdPath) -> WebhookView:
    """Deliver again, from where it stopped."""
    return await front(request).webhooks.enable(user_id(request), path.id)


@api.route("POST", "/api/v1/webhooks/{id}/disable", errors=NO_WEBHOOK)
async def disable_webhook(request: web.Request, path: IdPath) -> WebhookView:
    """Deliver nothing until it is enabled again; what happens meanwhile waits."""
    return await front(request).webhooks.disable(user_id(request), path.id)


@api.route("POST", "/api/v1/webhooks/{id}/test", errors=NO_WEBHOOK | {409: "It is switched off"})
async def test_webhook(request: web.Request, path: IdPath) -> WebhookView:
    """Have a test event delivered, signed and in its place like every other."""
    return await front(request).webhooks.test(user_id(request), path.id)


@api.route("GET", "/api/v1/webhooks/{id}/deliveries", errors=NO_WEBHOOK)
async def list_deliveries(request: web.Request, path: IdPath) -> Page[DeliveryView]:
    """The last events since its registration and what it has of them, newest first."""
    return Page(await front(request).webhooks.deliveries(user_id(request), path.id))


@api.route("DELETE", "/api/v1/webhooks/{id}", errors=NO_WEBHOOK)
async def remove_webhook(request: web.Request, path: IdPath) -> None:
    """Post nothing to it any more."""
    await front(request).webhooks.remove(user_id(request), path.id)
