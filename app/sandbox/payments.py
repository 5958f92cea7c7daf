"""Pretend Stars: an invoice, a checkout the bot agrees to in time, a successful payment."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.botapi import objects
from app.sandbox.botapi.objects import Json, unix
from app.sandbox.botapi.params import Params
from app.sandbox.botapi.refusal import bad_request, query_too_old
from app.sandbox.store import people, queries
from app.sandbox.store.messages import NewMessage
from app.sandbox.switchboard import Switchboard
from foundation import limits
from foundation.errors import ContractBroken, NotFound

STARS: Final = "XTR"
_BOUNDS: Final = (("title", 32), ("description", 255))
_PAYLOAD_BYTES_MAX: Final = 128


def read_invoice(params: Params) -> Json:
    """An invoice in Stars, as kept; raises Refusal 400 with Telegram's words."""
    for name, bound in _BOUNDS:
        if not 1 <= len(params.text(name)) <= bound:
            raise bad_request(f"{name.upper()}_INVALID")
    if not 1 <= len(params.text("payload").encode()) <= _PAYLOAD_BYTES_MAX:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if params.text("currency") != STARS:
        raise bad_request("CURRENCY_INVALID")
    prices = params.listing("prices") or []
    if len(prices) != 1 or not isinstance(prices[0], dict):
        raise bad_request("STARS_INVOICE_INVALID")
    amount = prices[0].get("amount")
    if type(amount) is not int or amount < 1:
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    invoice: Json = {
        "title": params.text("title"),
        "description": params.text("description"),
        "payload": params.text("payload"),
        "currency": STARS,
        "amount": amount,
    }
    period = params.number("subscription_period")
    if period is not None:
        if period != limits.TELEGRAM_SUBSCRIPTION_S or amount > limits.TELEGRAM_STARS_MAX:
            raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
        invoice["subscription_period"] = period
    return invoice


async def check_out(board: Switchboard, chat_id: int, slug: str) -> str:
    """A person presses Pay: put the checkout to the bot; returns the query's id.

    Raises NotFound for an unknown invoice.
    """
    async with board.database.begin() as conn:
        person = await people.person(conn, chat_id)
        invoice = await queries.invoice(conn, slug)
        if person is None or invoice is None:
            raise NotFound("there is no such invoice", field="slug")
        asked = {"kind": "pre_checkout", "chat_id": chat_id, "message_id": None, "data": slug}
        query_id = await queries.ask(conn, asked, board.clock.now())
        checkout = {
            "id": query_id,
            "from": objects.person(person),
            "currency": invoice["currency"],
            "total_amount": invoice["amount"],
            "invoice_payload": invoice["payload"],
        }
        await board.update(conn, "pre_checkout_query", checkout)
    board.bell.ring()
    return query_id


async def settle(board: Switchboard, query_id: str, refused: str | None) -> None:
    """The bot's answer to a checkout: pay, or tell the person why not.

    Raises Refusal 400 when it comes later than ten seconds, or twice.
    """
    now = board.clock.now()
    paid: tuple[Any, Json] | None = None
    async with board.database.begin() as conn:
        query = await queries.answer(
            conn, "pre_checkout", query_id, now, limits.TELEGRAM_PRE_CHECKOUT_S
        )
        if query is None:
            raise query_too_old()
        if refused is None:
            paid = await _pay(board, conn, query["chat_id"], query["data"])
    if paid is not None:
        board.show(*paid)
        board.bell.ring()
    status = "paid" if refused is None else "failed"
    told = {"slug": query["data"], "query_id": query_id, "status": status, "error": refused}
    board.page.tell("payment", chat=query["chat_id"], **told)


async def _pay(
    board: Switchboard, conn: AsyncConnection, chat_id: int, slug: str
) -> tuple[Any, Json]:
    invoice = await queries.invoice(conn, slug)
    if invoice is None:
        raise ContractBroken("a checkout without its invoice")
    now = board.clock.now()
    payment: Json = {
        "currency": invoice["currency"],
        "total_amount": invoice["amount"],
        "invoice_payload": invoice["payload"],
        "telegram_payment_charge_id": f"sandbox-{slug}-{unix(now)}",
        "provider_payment_charge_id": f"{chat_id}-{slug}",
    }
    if "subscription_period" in invoice:
        payment["subscription_expiration_date"] = unix(now) + invoice["subscription_period"]
        payment["is_recurring"] = payment["is_first_recurring"] = True
    new = NewMessage(chat_id, from_bot=False, content={"successful_payment": payment})
    row, message = await board.post(conn, new)
    await board.update(conn, "message", message)
    return row, message
