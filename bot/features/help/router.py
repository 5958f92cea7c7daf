"""`/help` and the menu button to it."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.callbacks import MenuPress
from bot.desk import Desk
from bot.features.help import cards
from bot.house import House


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="help")
    made.message.filter(F.chat.type == "private")
    made.message.register(_help, Command("help"))
    made.callback_query.register(_pressed, MenuPress.filter(F.to == "help"))
    return made


async def _help(_message: Message, desk: Desk, house: House) -> None:
    desk.say(cards.overview(await house.look(desk.user)))


async def _pressed(_press: CallbackQuery, desk: Desk, house: House) -> None:
    await desk.nod()
    desk.say(cards.overview(await house.look(desk.user)))
