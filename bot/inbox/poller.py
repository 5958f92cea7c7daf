"""Our own getUpdates loop: the offset moves only after the updates are in the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import asyncpg
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession

from bot.inbox.store import Inbox, update_number
from bot.presses import Presses
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database, connect
from foundation.errors import ContractBroken, InvalidInput, Unavailable
from foundation.log import get_logger

_log = get_logger("bot.poller")
_LOCK_SPACE = 0x746C6772  # "tlgr": one poller per bot and database
_LOCK_KEYS = 2**31


class _Pause(Exception):
    """Telegram did not hand out updates; wait this many seconds."""

    def __init__(self, seconds: float | None, reason: str) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Poller:
    """Long polling for one bot; only one process of a database polls at a time."""

    def __init__(
        self, bot: Bot, inbox: Inbox, presses: Presses, database: Database, clock: Clock
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._presses = presses
        self._database = database
        self._clock = clock

    async def run(self, allowed: Sequence[str]) -> None:
        """Poll for ever, while holding the advisory lock."""
        async with self._lock() as connection:
            offset: int | None = None
            pause = limits.BOT_POLL_BACKOFF_FIRST_S
            while not connection.is_closed():
                try:
                    updates = await self._get(offset, allowed)
                except _Pause as told:
                    wait = told.seconds if told.seconds is not None else pause
                    _log.warning("no updates from Telegram", reason=str(told), again_in_s=wait)
                    await self._clock.sleep(wait)
                    pause = min(pause * 2, limits.BOT_POLL_BACKOFF_MAX_S)
                    continue
                pause = limits.BOT_POLL_BACKOFF_FIRST_S
                offset = await self._accept(updates, offset)
        raise Unavailable("the lock's connection was lost")

    async def _accept(self, updates: list[dict[str, Any]], offset: int | None) -> int | None:
        """Store the batch; returns the offset that confirms it."""
        numbered = []
        for update in updates:
            try:
                numbered.append((update_number(update), update))
            except InvalidInput as error:
                _log.error("an update without a number was left out", reason=error.text)
        for _, update in numbered:
            self._presses.arrived(update)
        await self._inbox.accept([update for _, update in numbered])
        return max(number for number, _ in numbered) + 1 if numbered else offset

    async def _get(self, offset: int | None, allowed: Sequence[str]) -> list[dict[str, Any]]:
        session = self._bot.session
        if not isinstance(session, AiohttpSession):
            raise ContractBroken("polling needs the aiohttp session")
        client = await session.create_session()
        body: dict[str, Any] = {
            "timeout": limits.BOT_POLL_TIMEOUT_S,
            "limit": limits.TELEGRAM_UPDATES_PER_POLL_MAX,
            "allowed_updates": list(allowed),
        }
        if offset is not None:
            body["offset"] = offset
        # raw JSON: one update aiogram cannot read must not hold up the others
        url = session.api.api_url(self._bot.token, "getUpdates")
        total = limits.BOT_POLL_TIMEOUT_S + limits.BOT_REQUEST_TIMEOUT_S
        try:
            async with client.post(
                url, json=body, timeout=aiohttp.ClientTimeout(total=total)
            ) as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise _Pause(None, f"{type(error).__name__}: {error}") from error
        return _result(answer)

    @asynccontextmanager
    async def _lock(self) -> AsyncIterator[asyncpg.Connection]:
        """Hold the bot's polling lock on a connection of its own."""
        connection = await connect(self._database.dsn, application_name="countersign-poller")
        try:
            key, told = self._bot.id % _LOCK_KEYS, False
            while not await connection.fetchval(
                "select pg_try_advisory_lock($1, $2)", _LOCK_SPACE, key
            ):
                if not told:
                    _log.info("another process polls for this bot; waiting")
                told = True
                await self._clock.sleep(limits.BOT_POLL_LOCK_RETRY_S)
            yield connection
        finally:
            try:
                await asyncio.wait_for(connection.close(), limits.DATABASE_POOL_TIMEOUT_S)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.terminate()


def _result(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, dict):
        raise _Pause(None, "the answer is no JSON object")
    if answer.get("ok") is not True:
        parameters = answer.get("parameters")
        wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
        reason = str(answer.get("description", "refused"))
        raise _Pause(float(wait) if isinstance(wait, int | float) else None, reason)
    updates = answer.get("result")
    if not isinstance(updates, list):
        raise _Pause(None, "the result is no list")
    return [update for update in updates if isinstance(update, dict)]
