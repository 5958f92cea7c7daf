"""`/alerts`: the last receipts."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.callbacks import MenuPress
from bot.desk import Desk
from bot.features.alerts import cards
from bot.house import House
from foundation.limits import BOT_LIST_ROWS


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="alerts")
    made.message.filter(F.chat.type == "private")
    made.message.register(_alerts, Command("alerts"))
    made.callback_query.register(_pressed, MenuPress.filter(F.to == "alerts"))
    return made


async def _alerts(_message: Message, desk: Desk, house: House) -> None:
    await _show(desk, house)


async def _pressed(_press: CallbackQuery, desk: Desk, house: House) -> None:
    await desk.nod()
    await _show(desk, house)


async def _show(desk: Desk, house: House) -> None:
    account = await house.account(desk.user)
    page = await house.front.receipts.list(desk.user.id, account.id, BOT_LIST_ROWS, None)
    desk.say(cards.receipts(account, page.items, await house.look(desk.user)))
