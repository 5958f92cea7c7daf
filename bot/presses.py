"""Answers to button presses: each exactly once, with words if they come in time, else empty."""

from __future__ import annotations

from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from bot.cards.card import clip
from foundation import limits
from foundation.clock import Clock
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("bot.presses")


class Presses:
    """A press spins on the person's screen until it is answered, so no press waits for work.

    The handler may answer with words while there is time; after ``BOT_PRESS_GRACE_S`` an empty
    answer goes out, and the handler is told that words must go another way.
    """

    def __init__(self, bot: Bot, clock: Clock, nursery: Nursery) -> None:
        self._bot = bot
        self._clock = clock
        self._nursery = nursery
        self._open: set[str] = set()

    def arrived(self, update: dict[str, Any]) -> None:
        """An update came in: start the watch for a press, and answer a checkout at once."""
        press = update.get("callback_query")
        if isinstance(press, dict) and isinstance(press.get("id"), str):
            self._open.add(press["id"])
            self._nursery.once("telegram-press", self._grace(press["id"]))
        checkout = update.get("pre_checkout_query")
        if isinstance(checkout, dict) and isinstance(checkout.get("id"), str):
            self._nursery.once("telegram-checkout", self._refuse(checkout["id"]))

    async def answer(self, press_id: str, text: str | None = None, alert: bool = False) -> bool:
        """Answer now; False when it was answered (or is too old), so words were not shown."""
        known = press_id in self._open
        self._open.discard(press_id)
        if not known:
            return False
        return await self._send(press_id, text, alert)

    async def _grace(self, press_id: str) -> None:
        await self._clock.sleep(limits.BOT_PRESS_GRACE_S)
        await self.answer(press_id)

    async def _send(self, press_id: str, text: str | None, alert: bool) -> bool:
        shown = clip(text, limits.TELEGRAM_ANSWER_UNITS_MAX) if text else None
        try:
            await self._bot.answer_callback_query(
                press_id, shown, show_alert=alert, request_timeout=int(limits.BOT_REQUEST_TIMEOUT_S)
            )
        except TelegramAPIError as error:
            # too old, or Telegram is away: the press itself is worked on all the same
            _log.info("press not answered", reason=error.message)
            return False
        return True

    async def _refuse(self, checkout_id: str) -> None:
        """No invoice of ours is out, so there is nothing to be paid."""
        try:
            await self._bot.answer_pre_checkout_query(
                checkout_id, ok=False, error_message="Nothing is for sale here yet."
            )
        except TelegramAPIError as error:
            _log.warning("checkout not answered", reason=error.message)
