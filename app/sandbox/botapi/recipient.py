"""Whom a call is about: the chat it may reach, the message it may touch."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.botapi.params import Params
from app.sandbox.botapi.refusal import Refusal, bad_request, forbidden
from app.sandbox.store import messages, people

_BIGINT_MAX = 2**63 - 1


async def known_chat(conn: AsyncConnection, params: Params) -> RowMapping:
    """The chat under `chat_id`, held until the transaction ends.

    Raises Refusal 400 when there is none, or its person never wrote to the bot.
    """
    if not params.has("chat_id"):
        raise bad_request("chat_id is empty")
    chat_id = _whole(params.text("chat_id"))
    chat = await people.chat(conn, chat_id, lock=True) if chat_id is not None else None
    if chat is None or not chat["started"]:
        raise bad_request("chat not found")
    return chat


async def reachable_chat(conn: AsyncConnection, params: Params) -> RowMapping:
    """As `known_chat`; raises Refusal 403 when its person blocked the bot."""
    chat = await known_chat(conn, params)
    if chat["blocked"]:
        raise forbidden("bot was blocked by the user")
    return chat


async def own_message(conn: AsyncConnection, params: Params) -> RowMapping:
    """The bot's own message an edit is about, held until the transaction ends."""
    chat = await reachable_chat(conn, params)
    row = await some_message(conn, chat["id"], params, bad_request("message to edit not found"))
    if not row["from_bot"]:
        raise bad_request("message can't be edited")
    return row


async def some_message(
    conn: AsyncConnection, chat_id: int, params: Params, missing: Refusal
) -> RowMapping:
    """Any message of the chat under `message_id`, held; raises `missing` without one."""
    message_id = _whole(params.text("message_id"))
    if message_id is None:
        raise bad_request("message identifier is not specified")
    row = await messages.one(conn, chat_id, message_id, lock=True)
    if row is None:
        raise missing
    return row


async def replied_message(conn: AsyncConnection, chat_id: int, params: Params) -> int | None:
    """The message a new one answers; None without one, or when it may go without."""
    given: Any = params.json("reply_parameters")
    if isinstance(given, dict):
        message_id = _whole(str(given.get("message_id", "")))
        lenient = bool(given.get("allow_sending_without_reply"))
    else:
        message_id = params.number("reply_to_message_id")
        lenient = params.flag("allow_sending_without_reply")
    if message_id is None:
        return None
    if await messages.one(conn, chat_id, message_id) is not None:
        return message_id
    if lenient:
        return None
    raise bad_request("message to be replied not found")


def _whole(text: str) -> int | None:
    try:
        number = int(text.strip())
    except ValueError:
        return None
    return number if abs(number) <= _BIGINT_MAX else None
