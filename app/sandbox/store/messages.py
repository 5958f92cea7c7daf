"""Messages of a chat, numbered from one without gaps while the chat's row is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, delete, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.tables import chats, messages


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What is about to be written; `content` holds the Bot API's own fields."""

    chat_id: int
    from_bot: bool
    content: dict[str, Any]
    reply_to: int | None = None
    invoice_slug: str | None = None


async def write(conn: AsyncConnection, new: NewMessage, now: datetime) -> RowMapping:
    """Append it; takes the chat's next number, which also keeps writers of a chat apart."""
    message_id = await conn.scalar(
        update(chats)
        .where(chats.c.id == new.chat_id)
        .values(last_message_id=chats.c.last_message_id + 1)
        .returning(chats.c.last_message_id)
    )
    result = await conn.execute(
        insert(messages)
        .values(
            chat_id=new.chat_id,
            message_id=message_id,
            from_bot=new.from_bot,
            date=now,
            content=new.content,
            reply_to=new.reply_to,
            invoice_slug=new.invoice_slug,
        )
        .returning(messages)
    )
    row: RowMapping = result.mappings().one()
    return row


async def one(
    conn: AsyncConnection, chat_id: int, message_id: int, *, lock: bool = False
) -> RowMapping | None:
    query = select(messages).where(_is(chat_id, message_id))
    result = await conn.execute(query.with_for_update() if lock else query)
    return result.mappings().first()


async def rewrite(
    conn: AsyncConnection, row: RowMapping, content: dict[str, Any], now: datetime
) -> RowMapping:
    """Replace what the message says."""
    edited = max(now, row["date"])
    return await _changed(conn, row, {"content": content, "edit_date": edited})


async def react(conn: AsyncConnection, row: RowMapping, reaction: str | None) -> RowMapping:
    return await _changed(conn, row, {"reaction": reaction})


async def _changed(conn: AsyncConnection, row: RowMapping, values: dict[str, Any]) -> RowMapping:
    result = await conn.execute(
        update(messages)
        .where(_is(row["chat_id"], row["message_id"]))
        .values(**values)
        .returning(messages)
    )
    changed: RowMapping = result.mappings().one()
    return changed


async def remove(conn: AsyncConnection, chat_id: int, message_id: int) -> None:
    await conn.execute(delete(messages).where(_is(chat_id, message_id)))


async def page(
    conn: AsyncConnection, chat_id: int, before: int | None, limit: int
) -> Sequence[RowMapping]:
    """The newest `limit` messages older than `before` (None: the newest of all), oldest first."""
    query = select(messages).where(messages.c.chat_id == chat_id)
    if before is not None:
        query = query.where(messages.c.message_id < before)
    newest = query.order_by(messages.c.message_id.desc()).limit(limit)
    return list(reversed((await conn.execute(newest)).mappings().all()))


async def last_of_each(conn: AsyncConnection) -> dict[int, RowMapping]:
    """The newest message of every chat that has one, by chat."""
    newest = (
        select(messages)
        .ext(distinct_on(messages.c.chat_id))
        .order_by(messages.c.chat_id, messages.c.message_id.desc())
    )
    return {row["chat_id"]: row for row in (await conn.execute(newest)).mappings()}


def _is(chat_id: int, message_id: int) -> Any:
    return and_(messages.c.chat_id == chat_id, messages.c.message_id == message_id)
