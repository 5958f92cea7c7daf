"""Works on stored updates: one after the other for each person, side by side for different ones."""

from __future__ import annotations

from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from bot.away import AWAY
from bot.cards.card import card
from bot.desk import Tray
from bot.i18n import Texts, texts_for
from bot.inbox.store import Inbox, Leased
from bot.outbox.items import send
from bot.outbox.store import Outbox
from bot.presses import Presses
from foundation import limits
from foundation.bus import Bus
from foundation.errors import CountersignError, Unavailable
from foundation.ids import new_id
from foundation.log import correlation, get_logger
from foundation.nursery import Nursery

_log = get_logger("bot.worker")
_REFERENCE_LENGTH = 8


class Worker:
    """Leases updates, runs the handlers, and writes their answers and the mark in one go."""

    def __init__(
        self, dispatcher: Dispatcher, bot: Bot, inbox: Inbox, outbox: Outbox, presses: Presses
    ) -> None:
        self._dispatcher = dispatcher
        self._bot = bot
        self._inbox = inbox
        self._outbox = outbox
        self._presses = presses
        self._free = limits.BOT_UPDATES_AT_ONCE

    async def run(self, bus: Bus, nursery: Nursery) -> None:
        """Work for ever; what a killed process left unfinished is taken up first."""
        await self._inbox.release_all()
        while True:
            mark = bus.mark("telegram_inbox")
            rows = await self._inbox.lease(self._free) if self._free else []
            for row in rows:
                self._free -= 1
                nursery.once("telegram-update", self._one(row, bus))
            if not rows:
                await bus.wait("telegram_inbox", self._pause(), since=mark)

    def _pause(self) -> float:
        """Updates that rest after a failure come up soon; nothing else needs a clock."""
        return limits.BOT_UPDATE_RETRY_S if self._free else limits.BOT_INBOX_IDLE_S

    async def _one(self, row: Leased, bus: Bus) -> None:
        try:
            await self.handle(row)
        finally:
            self._free += 1
            bus.wake("telegram_inbox")

    async def handle(self, row: Leased) -> None:
        """Run the update's handlers to an end: done, told, later, or set aside."""
        reference = new_id(self._inbox.clock.now())[-_REFERENCE_LENGTH:]
        tray = Tray()
        with correlation(reference):
            try:
                update = Update.model_validate(row.payload, context={"bot": self._bot})
                await self._dispatcher.feed_update(self._bot, update, tray=tray)
                await self._settle(row, tray)
            except AWAY as error:
                await self._away(row, tray, error, reference)
            except CountersignError as error:
                _log.info("update refused", code=error.code, text=error.text)
                await self._told(row, tray, _sentence(tray, error), reference, aside=False)
            except Exception as error:  # noqa: BLE001 - one bad update must not stop the others
                await self._failed(row, tray, error, reference)

    async def _away(self, row: Leased, tray: Tray, error: Exception, reference: str) -> None:
        """Something we need does not answer: try again, then say so."""
        _log.warning("update waits: something is away", reason=str(error), attempt=row.attempts)
        if row.attempts < limits.BOT_UPDATE_TRIES:
            await self._inbox.later(row, limits.BOT_UPDATE_RETRY_S * 2**row.attempts)
            return
        if isinstance(error, Unavailable):
            await self._told(row, tray, _sentence(tray, error), reference, aside=False)
            return
        words = (tray.texts or texts_for(None))("error-unavailable")
        await self._told(row, tray, words, reference, aside=True)

    async def _failed(self, row: Leased, tray: Tray, error: Exception, reference: str) -> None:
        _log.error("update failed", update_id=row.update_id, attempt=row.attempts, exc_info=error)
        if row.attempts < limits.BOT_UPDATE_TRIES:
            pause = limits.BOT_UPDATE_RETRY_S * 2 ** (row.attempts - 1)
            await self._inbox.later(row, pause)
            return
        words = (tray.texts or texts_for(None))("error-internal")
        await self._told(row, tray, words, reference, aside=True)

    async def _told(
        self, row: Leased, tray: Tray, words: str, reference: str, *, aside: bool
    ) -> None:
        """Tell the person what went wrong, with the reference that finds the log."""
        texts = tray.texts or texts_for(None)
        told = f"{words}\n{texts('error-reference', reference=reference)}"
        answer = Tray(texts=tray.texts)
        press = row.payload.get("callback_query")
        press_id = press.get("id") if isinstance(press, dict) else None
        shown = isinstance(press_id, str) and await self._presses.answer(press_id, told, True)
        chat_id = _private_chat(row.payload)
        if not shown and chat_id is not None:
            answer.items.append(send(chat_id, card(told), f"tg-error:{row.update_id}"))
        await self._settle(row, answer, reference if aside else None)

    async def _settle(self, row: Leased, tray: Tray, aside: str | None = None) -> None:
        """Answers and the mark in one transaction: neither twice, nor lost."""
        async with self._inbox.database.begin() as connection:
            for chat_id, thing in tray.renewed:
                await self._outbox.forget(chat_id, thing, connection)
            await self._outbox.put(tray.items, connection)
            await self._inbox.handled(row, connection, aside)
        if tray.items:
            self._outbox.wake()


def _sentence(tray: Tray, error: CountersignError) -> str:
    """The error in the person's language; in English the engine's own sentence says more."""
    texts: Texts = tray.texts or texts_for(None)
    if error.status >= 500 and not isinstance(error, Unavailable):
        return texts("error-internal")
    if texts.locale == "en":
        return error.text
    keys = (f"error-{code}" for code in (error.code, type(error).code))
    return next((texts(key) for key in keys if texts.has(key)), error.text)


def _private_chat(payload: dict[str, Any]) -> int | None:
    """Where the person can be told: their private chat has their own number."""
    for body in payload.values():
        if not isinstance(body, dict):
            continue
        person = body.get("from")
        message = body.get("message", body)
        chat = message.get("chat") if isinstance(message, dict) else None
        if isinstance(person, dict) and isinstance(chat, dict) and chat.get("type") == "private":
            number = chat.get("id")
            return number if isinstance(number, int) else None
    return None
