"""The sender: claims rows within Telegram's limits and settles each by what Telegram said."""

from __future__ import annotations

import asyncio

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.outbox.items import Priority
from bot.outbox.limiter import Limiter
from bot.outbox.store import Claimed, Outbox
from bot.outbox.wire import Wire
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.people import People

_log = get_logger("bot.outbox")

_UNREACHABLE = ("chat not found", "user is deactivated", "bot was blocked", "peer_id_invalid")


class Sender:
    """One per bot. Up to ``limits.BOT_SENDERS`` rows travel at once, one per chat."""

    def __init__(
        self, wire: Wire, outbox: Outbox, limiter: Limiter, people: People, clock: Clock
    ) -> None:
        self._wire = wire
        self._outbox = outbox
        self._limiter = limiter
        self._people = people
        self._clock = clock
        self._flying: set[int] = set()
        self._landed = asyncio.Event()
        self._landed.set()
        self._failures = 0

    async def run(self, bus: Bus, nursery: Nursery) -> None:
        """Send for ever; rows left claimed by a killed process are taken up first."""
        await self._outbox.release_all()
        while True:
            mark = bus.mark("telegram_outbox")
            rows = await self._claim()
            for row in rows:
                self._limiter.take(row.chat_id)
                self._flying.add(row.chat_id)
                self._landed.clear()
                nursery.once("telegram-send", self._fly(row, bus))
            if not rows:
                await bus.wait("telegram_outbox", await self._pause(), since=mark)

    async def landed(self) -> None:
        """Wait a moment for what is in the air: a send cut off now is sent twice later."""
        try:
            async with asyncio.timeout(limits.BOT_LANDING_S):
                await self._landed.wait()
        except TimeoutError:
            _log.warning("messages still on their way at the end", count=len(self._flying))

    async def _claim(self) -> list[Claimed]:
        free = limits.BOT_SENDERS - len(self._flying)
        if free <= 0 or self._limiter.wait_all(Priority.ANSWER) > 0:
            return []
        bulk_waits = self._limiter.wait_all(Priority.BULK) > 0
        lowest = Priority.DECISION if bulk_waits else Priority.BULK
        busy = [*self._flying, *self._limiter.waiting_chats()]
        return await self._outbox.claim(busy, lowest, min(free, self._limiter.room()))

    async def _pause(self) -> float:
        """Seconds until looking again makes sense; a wake ends it early."""
        if len(self._flying) >= limits.BOT_SENDERS:
            return limits.BOT_OUTBOX_IDLE_S
        waits = [limits.BOT_OUTBOX_IDLE_S]
        due = await self._outbox.next_at()
        if due is None:
            return waits[0]
        ahead = (due - self._clock.now()).total_seconds()
        if ahead > 0:
            waits.append(ahead)
        waits.extend(self._limiter.waiting_chats().values())
        waits.extend(w for p in Priority if (w := self._limiter.wait_all(p)) > 0)
        return max(min(waits), 0.005)

    async def _fly(self, row: Claimed, bus: Bus) -> None:
        try:
            await self._settle(row)
        finally:
            self._flying.discard(row.chat_id)
            if not self._flying:
                self._landed.set()
            bus.wake("telegram_outbox")

    async def _settle(self, row: Claimed) -> None:
        try:
            message_id, shown = await self._wire.deliver(row)
        except TelegramRetryAfter as error:
            self._limiter.told_to_wait(row.chat_id, float(error.retry_after))
            await self._outbox.again(row, float(error.retry_after), "told to wait")
        except TelegramMigrateToChat as error:
            await self._outbox.move(row, error.migrate_to_chat_id)
            await self._outbox.again(row, 0.0, "the group became a supergroup")
        except (TelegramNetworkError, TelegramServerError, ClientDecodeError) as error:
            await self._no_answer(row, str(error))
        except TelegramUnauthorizedError as error:
            _log.error("Telegram refuses the bot's token; check BOT_TOKEN", reason=error.message)
            self._limiter.rest(limits.BOT_SEND_BACKOFF_MAX_S)
            await self._outbox.again(row, limits.BOT_SEND_BACKOFF_MAX_S, "token refused")
        except TelegramForbiddenError as error:
            await self._unreachable(row, error.message)
        except TelegramAPIError as error:
            await self._refused(row, error.message)
        else:
            self._failures = 0
            await self._outbox.sent(row, message_id, shown)

    async def _no_answer(self, row: Claimed, reason: str) -> None:
        """It may have arrived or not: send it again, even if that shows a message twice."""
        self._failures += 1
        back_off = min(
            limits.BOT_SEND_BACKOFF_FIRST_S * 2 ** min(self._failures - 1, 10),
            limits.BOT_SEND_BACKOFF_MAX_S,
        )
        self._limiter.rest(back_off)
        age_h = (self._clock.now() - row.created_at).total_seconds() / 3600
        if age_h > limits.BOT_MESSAGE_LIFETIME_H:
            await self._outbox.failed(row, f"no answer for {age_h:.0f} h: {reason}")
            return
        _log.warning("Telegram does not answer", row=row.id, reason=reason, again_in_s=back_off)
        await self._outbox.again(row, back_off, reason)

    async def _refused(self, row: Claimed, reason: str) -> None:
        if any(part in reason.lower() for part in _UNREACHABLE):
            await self._unreachable(row, reason)
            return
        _log.error("Telegram refused a message", row=row.id, kind=row.kind, reason=reason)
        await self._outbox.failed(row, reason)

    async def _unreachable(self, row: Claimed, reason: str) -> None:
        """The person blocked the bot, or is gone: say so, and stop trying."""
        await self._outbox.failed(row, reason)
        if row.chat_id < 0:
            return
        await self._outbox.drop_chat(row.chat_id, reason)
        user = await self._people.by_telegram(row.chat_id)
        if user is not None:
            await self._people.set_reachable(user.id, False)
            _log.info("user cannot be reached", user=user.id, reason=reason)
