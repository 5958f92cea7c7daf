"""`/start` with its deep links, and the steps of the first minutes."""

from __future__ import annotations

import re

from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from bot.callbacks import SetupPress
from bot.desk import Desk
from bot.features.start import cards
from bot.house import House
from bot.i18n import LOCALES, texts_for
from bot.outbox.items import Thing
from bot.risk import RISK_VERSION
from foundation.errors import InvalidInput
from foundation.people import Role

_REFERRAL = re.compile(r"[A-Za-z0-9_-]{1,60}")


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="start")
    made.message.filter(F.chat.type == "private")
    made.message.register(_start, CommandStart())
    made.callback_query.register(_language, SetupPress.filter(F.act == "language"))
    made.callback_query.register(_consent, SetupPress.filter(F.act == "consent"))
    made.callback_query.register(_test, SetupPress.filter(F.act == "test"))
    return made


async def _start(_message: Message, command: CommandObject, desk: Desk, house: House) -> None:
    await house.people.set_reachable(desk.user.id, True)
    account = await house.account(desk.user)
    if desk.user.role.includes(Role.ADMIN):
        desk.admin_menu()
    kind, _, value = (command.args or "").partition("_")
    if kind == "ap" and value:
        offer = await house.front.offers.get(desk.user.id, value)
        shown = await house.offer_card(desk.user, offer, fresh=True)
        desk.show(Thing("offer", offer.id), shown, anew=True)
        return
    if kind == "pos" and value:
        detail = await house.front.groups.get(desk.user.id, value)
        shown = await house.position_card(desk.user, detail)
        desk.show(Thing("group", detail.group.id), shown, anew=True)
        return
    if kind == "claim" and value:
        await house.claim.redeem(desk.user.id, value)
        desk.admin_menu()
        desk.say(cards.owner(desk.texts))
    if await house.needs_consent(desk.user):
        if kind == "ref" and _REFERRAL.fullmatch(value):
            await _remember_referral(desk, house, value)
        desk.say(cards.welcome(desk.user.first_name, desk.texts))
        return
    desk.say(cards.ready(account, await house.look(desk.user)))


async def _remember_referral(desk: Desk, house: House, code: str) -> None:
    await house.people.audit(
        desk.user.id, "user.referred", "user", desk.user.id, after={"code": code}
    )


async def _language(
    _press: CallbackQuery, callback_data: SetupPress, desk: Desk, house: House
) -> None:
    if callback_data.value not in LOCALES:
        raise InvalidInput("there is no such language", field="language")
    desk.user = await house.people.set_language(desk.user.id, callback_data.value)
    desk.texts = texts_for(callback_data.value)
    await desk.nod()
    if await house.needs_consent(desk.user):
        desk.turn(cards.risk(desk.texts, RISK_VERSION))
        return
    account = await house.account(desk.user)
    desk.turn(cards.ready(account, await house.look(desk.user)))


async def _consent(
    _press: CallbackQuery, callback_data: SetupPress, desk: Desk, house: House
) -> None:
    if callback_data.value != RISK_VERSION:
        # the text has changed since: what was not shown cannot be accepted
        await desk.nod()
        desk.turn(cards.risk(desk.texts, RISK_VERSION))
        return
    await house.accept_risk(desk.user)
    await desk.nod()
    account = await house.account(desk.user)
    look = await house.look(desk.user)
    desk.turn(cards.ready(account, look))
    if look.app_url is not None:
        desk.menu_button(desk.texts("start-menu-button"), look.app_url)


async def _test(_press: CallbackQuery, callback_data: SetupPress, desk: Desk, house: House) -> None:
    receipt = await house.front.signals.send_test(desk.user.id, callback_data.value)
    if receipt.status == "accepted":
        await desk.nod(desk.texts("start-test-sent"))
        return
    await desk.alert(desk.texts("start-test-refused", reason=receipt.message))
