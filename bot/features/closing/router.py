"""`/close` and `/stop`: look, ask, then do, and say what was done; and trying again what failed."""

from __future__ import annotations

from decimal import Decimal

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.callbacks import AccountPress, GroupPress, MenuPress
from bot.desk import Desk
from bot.features.closing import cards
from bot.features.closing.emergency import account_picture, watch
from bot.house import House
from bot.outbox.items import Thing
from engine.api.views import Accepted, GroupView
from foundation.limits import BOT_LIST_ROWS

_WHOLE = Decimal(1)


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="closing")
    made.message.filter(F.chat.type == "private")
    made.message.register(_close, Command("close"))
    made.message.register(_stop, Command("stop"))
    made.callback_query.register(_keep, MenuPress.filter(F.to == "keep"))
    made.callback_query.register(_ask_group, GroupPress.filter(F.act == "ask"))
    made.callback_query.register(_close_group, GroupPress.filter(F.act == "close"))
    made.callback_query.register(_retry_group, GroupPress.filter(F.act == "retry"))
    made.callback_query.register(_ask_all, AccountPress.filter(F.act == "ask_close"))
    made.callback_query.register(_close_all, AccountPress.filter(F.act == "close"))
    made.callback_query.register(_close_all, AccountPress.filter(F.act == "stop"))
    return made


async def _close(_message: Message, command: CommandObject, desk: Desk, house: House) -> None:
    wanted = (command.args or "").strip()
    account = await house.account(desk.user)
    if wanted.lower() in ("all", "все", "всё"):
        await _ask(desk, house, account.id, "close")
        return
    groups = await _groups(desk, house, account.id)
    found = [group for group in groups if _means(wanted, group)] if wanted else []
    if len(found) == 1:
        desk.say(cards.confirm_group(found[0], desk.texts))
        return
    unknown = wanted if wanted and not found else None
    desk.say(cards.choose(account, found or groups, unknown, desk.texts))


async def _keep(_press: CallbackQuery, desk: Desk) -> None:
    await desk.nod()
    desk.turn(cards.kept(desk.texts))


async def _ask_group(
    _press: CallbackQuery, callback_data: GroupPress, desk: Desk, house: House
) -> None:
    detail = await house.front.groups.get(desk.user.id, callback_data.id)
    await desk.nod()
    # a new message: the position's own card stays what it is
    desk.say(cards.confirm_group(detail.group, desk.texts), Thing("group", detail.group.id))


async def _close_group(
    _press: CallbackQuery, callback_data: GroupPress, desk: Desk, house: House
) -> None:
    done = await house.front.groups.close(desk.user.id, callback_data.id, _WHOLE, desk.key)
    await desk.nod()
    if isinstance(done, Accepted):
        desk.turn(cards.undecided(desk.texts))
        return
    desk.turn(cards.closing_group(done.group, desk.texts))


async def _retry_group(
    _press: CallbackQuery, callback_data: GroupPress, desk: Desk, house: House
) -> None:
    done = await house.front.groups.retry(desk.user.id, callback_data.id, desk.key)
    await desk.nod()
    if isinstance(done, Accepted):
        desk.say(cards.undecided(desk.texts))
        return
    # a new message: the position's own card stays what it is
    desk.say(cards.retried(done.group, desk.texts))


async def _stop(_message: Message, desk: Desk, house: House) -> None:
    account = await house.account(desk.user)
    await _ask(desk, house, account.id, "stop")


async def _ask_all(
    _press: CallbackQuery, callback_data: AccountPress, desk: Desk, house: House
) -> None:
    await _ask(desk, house, callback_data.id, "close")


async def _ask(desk: Desk, house: House, account_id: str, act: cards.Act) -> None:
    account = await house.front.accounts.get(desk.user.id, account_id)
    await desk.nod()
    picture = await account_picture(house.front, desk.user.id, account.id)
    desk.say(cards.confirm_all(account, picture, act, desk.texts))


async def _close_all(
    _press: CallbackQuery, callback_data: AccountPress, desk: Desk, house: House
) -> None:
    account = await house.front.accounts.get(desk.user.id, callback_data.id)
    before = await account_picture(house.front, desk.user.id, account.id)
    done = await house.front.accounts.close_all(desk.user.id, account.id, desk.key)
    await desk.nod()
    if isinstance(done, Accepted):
        desk.turn(cards.undecided(desk.texts))
        return
    report = await watch(house, desk.user.id, before)
    desk.turn(cards.stopped(done, report, desk.texts))


async def _groups(desk: Desk, house: House, account_id: str) -> tuple[GroupView, ...]:
    page = await house.front.groups.list(desk.user.id, account_id, limit=BOT_LIST_ROWS)
    return page.items


def _means(wanted: str, group: GroupView) -> bool:
    """A position by its id or its symbol: ``BTC/USDT``, ``btcusdt`` or just ``btc``."""
    word = wanted.upper()
    pair = group.symbol.upper()
    base = pair.split("/")[0]
    return wanted == group.id or word in (pair, base, pair.replace("/", "").split(":")[0])
