"""Delivers updates to the bot's webhook, in order, again and again until each is taken."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from sqlalchemy import RowMapping

from app.sandbox.botapi.objects import unix
from app.sandbox.store import updates
from app.sandbox.switchboard import Switchboard
from foundation import limits
from foundation.log import get_logger

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name, no secret

_log = get_logger("app.sandbox.webhook")


async def deliver_forever(board: Switchboard) -> None:
    """Run until cancelled; does nothing while no webhook is set."""
    timeout = aiohttp.ClientTimeout(total=limits.SANDBOX_WEBHOOK_TIMEOUT_S)
    pause = limits.SANDBOX_WEBHOOK_BACKOFF_FIRST_S
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while not board.bell.closed:
            ticket = board.bell.ticket()
            webhook, update = await _next(board)
            if webhook is None or update is None:
                await ticket.wait()
                continue
            trouble = await _post(session, webhook, update)
            if trouble is None:
                await _taken(board, update)
                pause = limits.SANDBOX_WEBHOOK_BACKOFF_FIRST_S
                continue
            await _complain(board, webhook, trouble)
            await _pause(ticket, pause)
            pause = min(pause * 2, limits.SANDBOX_WEBHOOK_BACKOFF_MAX_S)


async def _next(board: Switchboard) -> tuple[dict[str, Any] | None, RowMapping | None]:
    async with board.database.connect() as conn:
        webhook = await updates.webhook(conn)
        rows = await updates.pending(conn, 1) if webhook else ()
    return webhook, rows[0] if rows else None


async def _post(
    session: aiohttp.ClientSession, webhook: dict[str, Any], update: RowMapping
) -> str | None:
    """Send one update; None when it was taken, otherwise what went wrong."""
    headers = {_SECRET_HEADER: webhook["secret_token"]} if webhook["secret_token"] else {}
    body = {"update_id": update["update_id"], update["kind"]: update["body"]}
    try:
        async with session.post(webhook["url"], json=body, headers=headers) as answer:
            if 200 <= answer.status < 300:
                return None
            return f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return f"Connection error: {type(error).__name__}"


async def _taken(board: Switchboard, update: RowMapping) -> None:
    async with board.database.begin() as conn:
        await updates.done(conn, update["update_id"])


async def _complain(board: Switchboard, webhook: dict[str, Any], trouble: str) -> None:
    """Keep the error for getWebhookInfo, unless the webhook was changed meanwhile."""
    _log.warning("the webhook did not take an update", reason=trouble)
    marked = {
        **webhook,
        "last_error_date": unix(board.clock.now()),
        "last_error_message": trouble,
    }
    async with board.database.begin() as conn:
        now = await updates.webhook(conn, lock=True)
        if now is not None and now["url"] == webhook["url"]:
            await updates.set_webhook(conn, marked)


async def _pause(ticket: asyncio.Event, seconds: float) -> None:
    """Wait before trying again; a change of the webhook cuts the wait short."""
    try:
        async with asyncio.timeout(seconds):
            await ticket.wait()
    except TimeoutError:
        return
