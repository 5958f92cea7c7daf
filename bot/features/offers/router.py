"""`/pending` and the buttons of an offer: first decision wins, the loser is told who and when."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.callbacks import MenuPress, OfferPress
from bot.cards.offer import lost_text
from bot.desk import Desk
from bot.features.offers import cards
from bot.house import House
from bot.outbox.items import Thing
from engine.api.views import OfferView
from foundation.errors import Conflict, Gone
from foundation.limits import BOT_LIST_ROWS

_HALF = Decimal("0.5")
_WHOLE = Decimal(1)


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="offers")
    made.message.filter(F.chat.type == "private")
    made.message.register(_pending, Command("pending"))
    made.callback_query.register(_pending_pressed, MenuPress.filter(F.to == "pending"))
    made.callback_query.register(_open, OfferPress.filter(F.act == "open"))
    made.callback_query.register(_decide, OfferPress.filter(F.act.in_({"approve", "reject"})))
    made.callback_query.register(_resize, OfferPress.filter(F.act.in_({"half", "full"})))
    made.callback_query.register(_undo, OfferPress.filter(F.act == "undo"))
    return made


async def _pending(_message: Message, desk: Desk, house: House) -> None:
    await _list(desk, house)


async def _pending_pressed(_press: CallbackQuery, desk: Desk, house: House) -> None:
    await desk.nod()
    await _list(desk, house)


async def _list(desk: Desk, house: House) -> None:
    page = await house.front.offers.list(desk.user.id, "pending", BOT_LIST_ROWS, None)
    look = await house.look(desk.user)
    account = await house.account(desk.user)
    desk.say(cards.pending(account, page.items, page.next_cursor is not None, look))


async def _open(_press: CallbackQuery, callback_data: OfferPress, desk: Desk, house: House) -> None:
    offer = await house.front.offers.get(desk.user.id, callback_data.id)
    await desk.nod()
    shown = await house.offer_card(desk.user, offer, fresh=True)
    desk.show(Thing("offer", offer.id), shown, anew=True)


async def _decide(
    _press: CallbackQuery, callback_data: OfferPress, desk: Desk, house: House
) -> None:
    decision: Literal["approve", "reject"]
    decision = "approve" if callback_data.act == "approve" else "reject"
    try:
        offer = await house.front.offers.decide(
            desk.user.id, callback_data.id, decision, callback_data.version, "chat"
        )
    except (Conflict, Gone):
        await _lost(callback_data.id, desk, house)
        return
    await desk.nod(desk.texts("offers-approved" if decision == "approve" else "offers-rejected"))
    await _show(offer, desk, house)


async def _resize(
    _press: CallbackQuery, callback_data: OfferPress, desk: Desk, house: House
) -> None:
    factor = _HALF if callback_data.act == "half" else _WHOLE
    try:
        offer = await house.front.offers.resize(
            desk.user.id, callback_data.id, callback_data.version, factor
        )
    except (Conflict, Gone):
        await _lost(callback_data.id, desk, house)
        return
    await desk.nod()
    desk.show(Thing("offer", offer.id), await house.offer_card(desk.user, offer, fresh=True))


async def _undo(_press: CallbackQuery, callback_data: OfferPress, desk: Desk, house: House) -> None:
    try:
        offer = await house.front.offers.undo(desk.user.id, callback_data.id, "chat")
    except (Conflict, Gone):
        offer = await house.front.offers.get(desk.user.id, callback_data.id)
        late = offer.status == "approved"
        words = desk.texts("offer-undo-late") if late else lost_text(offer, desk.texts)
        await desk.alert(words)
        await _show(offer, desk, house)
        return
    await desk.nod(desk.texts("offers-undone"))
    await _show(offer, desk, house)


async def _lost(offer_id: str, desk: Desk, house: House) -> None:
    """Somebody, or time, was faster: say who and when, and show the offer as it is."""
    offer = await house.front.offers.get(desk.user.id, offer_id)
    await desk.alert(lost_text(offer, desk.texts))
    await _show(offer, desk, house)


async def _show(offer: OfferView, desk: Desk, house: House) -> None:
    desk.show(Thing("offer", offer.id), await house.offer_card(desk.user, offer, fresh=False))
