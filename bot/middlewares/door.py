"""The door every update passes: who is it, may they, is it not too much, is the button theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, Update
from aiogram.types import User as TelegramUser

from bot.cards.card import card
from bot.desk import Desk, Tray
from bot.house import House
from bot.i18n import Texts, texts_for
from bot.middlewares.throttle import Throttle, Verdict
from bot.outbox.items import send
from bot.presses import Presses
from foundation.errors import Forbidden

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Door(BaseMiddleware):
    """Outer middleware of all updates: lets a person in with a desk, or turns them away."""

    def __init__(self, house: House, presses: Presses, throttle: Throttle, bot_id: int) -> None:
        self._house = house
        self._presses = presses
        self._throttle = throttle
        self._bot_id = bot_id

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        person: TelegramUser | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if not isinstance(event, Update) or person is None or chat is None or person.is_bot:
            return None
        if chat.type != "private" and not _group_command(event):
            return None
        tray: Tray = data["tray"]
        key = f"tg:{self._bot_id}:{event.update_id}"
        words = texts_for(person.language_code)
        tray.texts = words
        press = event.callback_query
        if not await self._passes(person, chat, press, tray, key):
            return None
        try:
            user = await self._house.people.ensure(
                person.id, person.first_name, person.username, person.language_code
            )
        except Forbidden:
            await self._turn_away(chat, press, words("error-closed"), tray, key)
            return None
        desk = Desk(key, user, texts_for(user.language), chat.id, tray, self._presses)
        tray.texts = desk.texts
        if press is not None:
            desk.press_id = press.id
            desk.pressed_message = _message_of(press)
        data["desk"] = desk
        return await handler(event, data)

    async def _passes(
        self,
        person: TelegramUser,
        chat: Chat,
        press: CallbackQuery | None,
        tray: Tray,
        key: str,
    ) -> bool:
        words = self._words(tray)
        verdict = self._throttle.judge(person.id)
        if verdict is not Verdict.PASS:
            if verdict is Verdict.WARN:
                await self._turn_away(chat, press, words("error-slow-down"), tray, key)
            return False
        # a private chat has its person's number: anybody else there pressed a forged button
        if press is not None and (chat.type != "private" or chat.id != person.id):
            await self._presses.answer(press.id, words("error-not-yours"), alert=True)
            return False
        return True

    async def _turn_away(
        self, chat: Chat, press: CallbackQuery | None, words: str, tray: Tray, key: str
    ) -> None:
        if press is not None and await self._presses.answer(press.id, words, alert=True):
            return
        if chat.type == "private":
            tray.items.append(send(chat.id, card(words), f"{key}:away"))

    def _words(self, tray: Tray) -> Texts:
        return tray.texts or texts_for(None)


def _group_command(event: Update) -> bool:
    """In a group the bot answers /status (and turns presses away); nobody is noted down."""
    message = event.message
    if message is None:
        return event.callback_query is not None
    return (message.text or "").startswith("/status")


def _message_of(press: CallbackQuery) -> int | None:
    return press.message.message_id if isinstance(press.message, Message) else None
