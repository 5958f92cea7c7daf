"""`/status`, `/positions`, and the button that brings a position's card."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.callbacks import GroupPress, MenuPress
from bot.desk import Desk
from bot.features.status import cards
from bot.house import House
from bot.outbox.items import Thing
from foundation.limits import BOT_LIST_ROWS


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="status")
    in_private = F.chat.type == "private"
    made.message.register(_status, Command("status"), in_private)
    made.message.register(_status, Command("positions"), in_private)
    made.message.register(_in_group, Command("status"), ~in_private)
    made.callback_query.register(_pressed, MenuPress.filter(F.to == "status"))
    made.callback_query.register(_open, GroupPress.filter(F.act == "open"))
    return made


async def _status(_message: Message, command: CommandObject, desk: Desk, house: House) -> None:
    as_table = (command.args or "").strip().lower() == "table"
    await _show(desk, house, as_table=as_table)


async def _pressed(_press: CallbackQuery, desk: Desk, house: House) -> None:
    await desk.nod()
    await _show(desk, house, as_table=False)


async def _show(desk: Desk, house: House, *, as_table: bool) -> None:
    account = await house.account(desk.user)
    home = await house.front.performance.home(desk.user.id, account.id)
    page = await house.front.groups.list(desk.user.id, account.id, limit=BOT_LIST_ROWS)
    look = await house.look(desk.user)
    if as_table and page.items:
        desk.say(cards.table(home, page, look))
    else:
        desk.say(cards.overview(home, page, look))


async def _in_group(_message: Message, desk: Desk, house: House) -> None:
    """Nothing personal in a group: is the house running, are prices fresh?"""
    engine = await house.front.performance.engine()
    feed = await house.front.markets.feed_health()
    desk.say(cards.public(engine, feed, desk.texts))


async def _open(_press: CallbackQuery, callback_data: GroupPress, desk: Desk, house: House) -> None:
    detail = await house.front.groups.get(desk.user.id, callback_data.id)
    await desk.nod()
    shown = await house.position_card(desk.user, detail)
    desk.show(Thing("group", detail.group.id), shown, anew=True)
