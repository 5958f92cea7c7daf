"""`/pause` and `/resume`."""

from __future__ import annotations

from typing import Literal

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.callbacks import AccountPress
from bot.desk import Desk
from bot.features.trading import cards
from bot.house import House
from engine.api.views import Accepted

State = Literal["running", "paused"]


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="trading")
    made.message.filter(F.chat.type == "private")
    made.message.register(_pause, Command("pause"))
    made.message.register(_resume, Command("resume"))
    made.callback_query.register(_pressed, AccountPress.filter(F.act.in_({"pause", "resume"})))
    return made


async def _pause(_message: Message, desk: Desk, house: House) -> None:
    account = await house.account(desk.user)
    await _set(desk, house, account.id, "paused")


async def _resume(_message: Message, desk: Desk, house: House) -> None:
    account = await house.account(desk.user)
    await _set(desk, house, account.id, "running")


async def _pressed(
    _press: CallbackQuery, callback_data: AccountPress, desk: Desk, house: House
) -> None:
    state: State = "paused" if callback_data.act == "pause" else "running"
    await _set(desk, house, callback_data.id, state)
    await desk.nod()


async def _set(desk: Desk, house: House, account_id: str, state: State) -> None:
    before = await house.front.accounts.get(desk.user.id, account_id)
    done = await house.front.accounts.set_state(desk.user.id, account_id, state, desk.key)
    if isinstance(done, Accepted):
        desk.say(cards.undecided(desk.texts))
        return
    home = await house.front.performance.home(desk.user.id, account_id)
    desk.say(cards.state(done, home, before.state == state, desk.texts))
