"""`/profit [days]`."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.desk import Desk
from bot.features.profit import cards
from bot.house import House
from foundation.limits import PROFIT_DAYS_MAX


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="profit")
    made.message.filter(F.chat.type == "private")
    made.message.register(_profit, Command("profit"))
    return made


async def _profit(_message: Message, command: CommandObject, desk: Desk, house: House) -> None:
    asked = (command.args or "").strip()
    if asked and not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= PROFIT_DAYS_MAX):
        desk.say(cards.wrong_days(asked, desk.texts))
        return
    await _show(desk, house, int(asked) if asked else None)


async def _show(desk: Desk, house: House, days: int | None) -> None:
    account = await house.account(desk.user)
    profit = await house.front.performance.profit(desk.user.id, account.id, days)
    desk.say(cards.profit(account, profit, await house.look(desk.user)))
