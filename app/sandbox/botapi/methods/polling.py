"""How the bot gets its updates: long polling, or the webhook it registers."""

from __future__ import annotations

import asyncio
import re
from typing import Final
from urllib.parse import urlsplit

from app.sandbox.botapi.methods import Method
from app.sandbox.botapi.objects import Json
from app.sandbox.botapi.params import Params
from app.sandbox.botapi.refusal import bad_request, conflict
from app.sandbox.store import updates
from app.sandbox.switchboard import Switchboard
from foundation import limits

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_CONNECTIONS: Final = 40


async def get_updates(board: Switchboard, params: Params) -> list[Json]:
    """The unconfirmed updates, waiting for one up to `timeout` seconds.

    Only one poll runs at a time: a newer one ends the older with 409, as does a webhook.
    """
    await _begin_poll(board, params)
    limit = params.number("limit") or limits.TELEGRAM_UPDATES_PER_POLL_MAX
    limit = max(1, min(limit, limits.TELEGRAM_UPDATES_PER_POLL_MAX))
    wait = max(0, min(params.number("timeout") or 0, limits.TELEGRAM_POLL_TIMEOUT_MAX_S))
    board.polls += 1
    mine = board.polls
    board.bell.ring()
    end = asyncio.get_running_loop().time() + wait
    while True:
        ticket = board.bell.ticket()
        found = await _pending(board, limit)
        if board.polls != mine:
            raise conflict(
                "terminated by other getUpdates request; make sure that only one bot instance is "
                "running"
            )
        if found or board.bell.closed or not await _rung(ticket, end):
            return found


async def _rung(ticket: asyncio.Event, end: float) -> bool:
    """Wait for the ticket; False when `end` (loop time) came first."""
    try:
        async with asyncio.timeout_at(end):
            await ticket.wait()
    except TimeoutError:
        return False
    return True


async def _begin_poll(board: Switchboard, params: Params) -> None:
    kinds = _kinds(params)
    async with board.database.begin() as conn:
        if await updates.webhook(conn) is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete "
                "the webhook first"
            )
        await updates.confirm(conn, params.number("offset") or 0)
        if kinds is not None:
            await updates.allow(conn, kinds)


async def _pending(board: Switchboard, limit: int) -> list[Json]:
    async with board.database.connect() as conn:
        rows = await updates.pending(conn, limit)
    return [{"update_id": row["update_id"], row["kind"]: row["body"]} for row in rows]


def _kinds(params: Params) -> list[str] | None:
    """The wanted kinds; None leaves what was set before."""
    kinds = params.listing("allowed_updates")
    return None if kinds is None else [str(kind) for kind in kinds]


async def set_webhook(board: Switchboard, params: Params) -> bool:
    url = params.text("url").strip()
    secret = params.text("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if url and not _is_address(url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    connections = params.number("max_connections") or _CONNECTIONS
    webhook = {"url": url, "secret_token": secret, "max_connections": connections}
    kinds = _kinds(params)
    async with board.database.begin() as conn:
        await updates.set_webhook(conn, webhook if url else None)
        if kinds is not None:
            await updates.allow(conn, kinds)
        if params.flag("drop_pending_updates"):
            await updates.drop_all(conn)
    board.bell.ring()
    return True


def _is_address(url: str) -> bool:
    """https anywhere; http only on this machine, which is where the stand-in lives."""
    parts = urlsplit(url)
    if parts.scheme == "http":
        return parts.hostname in ("127.0.0.1", "localhost", "::1")
    return parts.scheme == "https" and bool(parts.hostname)


async def delete_webhook(board: Switchboard, params: Params) -> bool:
    async with board.database.begin() as conn:
        await updates.set_webhook(conn, None)
        if params.flag("drop_pending_updates"):
            await updates.drop_all(conn)
    board.bell.ring()
    return True


async def get_webhook_info(board: Switchboard, _params: Params) -> Json:
    async with board.database.connect() as conn:
        webhook = await updates.webhook(conn) or {}
        info: Json = {
            "url": webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": await updates.count(conn),
        }
        kinds = await updates.allowed(conn)
    for name in ("max_connections", "last_error_date", "last_error_message"):
        if name in webhook:
            info[name] = webhook[name]
    if kinds:
        info["allowed_updates"] = kinds
    return info


METHODS: Final[dict[str, Method]] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
