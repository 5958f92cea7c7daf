"""`/settings` and `/language`."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.callbacks import MenuPress, SetupPress
from bot.desk import Desk
from bot.features.settings import cards
from bot.house import House
from bot.i18n import LOCALES, texts_for
from foundation.errors import InvalidInput


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="settings")
    made.message.filter(F.chat.type == "private")
    made.message.register(_settings, Command("settings"))
    made.message.register(_language, Command("language"))
    made.callback_query.register(_language_pressed, MenuPress.filter(F.to == "language"))
    made.callback_query.register(_locale, SetupPress.filter(F.act == "locale"))
    made.callback_query.register(_theme, SetupPress.filter(F.act == "theme"))
    return made


async def _settings(_message: Message, desk: Desk, house: House) -> None:
    desk.say(cards.settings(await house.look(desk.user)))


async def _language(_message: Message, desk: Desk) -> None:
    desk.say(cards.languages(desk.texts))


async def _language_pressed(_press: CallbackQuery, desk: Desk) -> None:
    await desk.nod()
    desk.say(cards.languages(desk.texts))


async def _locale(
    _press: CallbackQuery, callback_data: SetupPress, desk: Desk, house: House
) -> None:
    if callback_data.value not in LOCALES:
        raise InvalidInput("there is no such language", field="language")
    desk.user = await house.people.set_language(desk.user.id, callback_data.value)
    desk.texts = texts_for(callback_data.value)
    await desk.nod(desk.texts("settings-saved"))
    desk.turn(cards.settings(await house.look(desk.user)))


async def _theme(
    _press: CallbackQuery, callback_data: SetupPress, desk: Desk, house: House
) -> None:
    await house.set_theme(desk.user, callback_data.value)
    await desk.nod(desk.texts("settings-saved"))
    desk.turn(cards.settings(await house.look(desk.user)))
