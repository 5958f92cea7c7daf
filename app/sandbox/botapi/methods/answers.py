"""Answers the bot owes: to a button press at once, to a checkout within ten seconds."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.botapi.methods import Method
from app.sandbox.botapi.methods.sending import Draft, deliver
from app.sandbox.botapi.objects import Json
from app.sandbox.botapi.params import Params
from app.sandbox.botapi.refusal import bad_request, query_too_old
from app.sandbox.botapi.units import units
from app.sandbox.payments import read_invoice, settle
from app.sandbox.store import queries
from app.sandbox.switchboard import Switchboard
from foundation import limits

_LINK: Final = "https://t.me/$"


async def answer_callback_query(board: Switchboard, params: Params) -> bool:
    text = params.text("text")
    if units(text) > limits.TELEGRAM_ANSWER_UNITS_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    async with board.database.begin() as conn:
        query = await queries.answer(
            conn,
            "callback",
            params.text("callback_query_id"),
            board.clock.now(),
            limits.SANDBOX_QUERY_LIFETIME_S,
        )
    if query is None:
        raise query_too_old()
    answer = {
        "query_id": query["id"],
        "message_id": query["message_id"],
        "text": text,
        "alert": params.flag("show_alert"),
        "url": params.text("url"),
    }
    board.page.tell("answer", chat=query["chat_id"], **answer)
    return True


async def create_invoice_link(board: Switchboard, params: Params) -> str:
    invoice = read_invoice(params)
    async with board.database.begin() as conn:
        slug = await queries.offer_invoice(conn, invoice, board.clock.now())
    return _LINK + slug


async def send_invoice(board: Switchboard, params: Params) -> Any:
    invoice = read_invoice(params)
    if "subscription_period" in invoice:
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")

    async def make(conn: AsyncConnection) -> Draft:
        slug = await queries.offer_invoice(conn, invoice, board.clock.now())
        shown: Json = {
            "title": invoice["title"],
            "description": invoice["description"],
            "start_parameter": params.text("start_parameter"),
            "currency": invoice["currency"],
            "total_amount": invoice["amount"],
        }
        return Draft({"invoice": shown}, invoice_slug=slug)

    return await deliver(board, params, make)


async def answer_pre_checkout_query(board: Switchboard, params: Params) -> bool:
    agreed = params.flag("ok")
    reason = params.text("error_message")
    if not agreed and not reason:
        raise bad_request("error message must be non-empty")
    await settle(board, params.text("pre_checkout_query_id"), None if agreed else reason)
    return True


METHODS: Final[dict[str, Method]] = {
    "answerCallbackQuery": answer_callback_query,
    "createInvoiceLink": create_invoice_link,
    "sendInvoice": send_invoice,
    "answerPreCheckoutQuery": answer_pre_checkout_query,
}
