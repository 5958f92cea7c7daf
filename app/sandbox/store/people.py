"""Sandbox users and their private chats with the bot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.tables import bot, chats, messages, users

FIRST_USER_ID: Final = 1001
_FIRST_PEOPLE: Final = (
    ("Mia", "mia_trades", "en"),
    ("Noah", "noah_fx", "en"),
    ("Анна", "anna_ru", "ru"),
)
_SERIAL = 0x73616E64  # advisory lock: new users take their id one after the other


async def ensure_first(conn: AsyncConnection, now: datetime) -> None:
    """The bot's row and the first people, once."""
    await conn.execute(upsert(bot).values(id=1).on_conflict_do_nothing())
    if await conn.scalar(select(func.count()).select_from(users)):
        return
    for first_name, username, language_code in _FIRST_PEOPLE:
        await add(conn, now, first_name, username, language_code)


async def add(
    conn: AsyncConnection, now: datetime, first_name: str, username: str | None, language_code: str
) -> RowMapping:
    """A new person with the next free id, and their empty chat."""
    await conn.execute(select(func.pg_advisory_xact_lock(_SERIAL)))
    last = await conn.scalar(select(func.max(users.c.id)))
    user_id = FIRST_USER_ID if last is None else last + 1
    await conn.execute(
        insert(users).values(
            id=user_id,
            first_name=first_name,
            username=username,
            language_code=language_code,
            created_at=now,
        )
    )
    await conn.execute(insert(chats).values(id=user_id))
    row = await person(conn, user_id)
    assert row is not None
    return row


async def person(conn: AsyncConnection, user_id: int) -> RowMapping | None:
    result = await conn.execute(select(users).where(users.c.id == user_id))
    return result.mappings().first()


async def has_username(conn: AsyncConnection, username: str) -> bool:
    found = select(users.c.id).where(func.lower(users.c.username) == username.lower())
    return await conn.scalar(found) is not None


async def everyone(conn: AsyncConnection) -> Sequence[RowMapping]:
    """All people with the state of their chat, its last message and how many are unread."""
    unread = (
        select(func.count())
        .where(
            messages.c.chat_id == chats.c.id,
            messages.c.from_bot,
            messages.c.message_id > chats.c.read_to,
        )
        .scalar_subquery()
    )
    query = (
        select(users, chats.c.started, chats.c.blocked, chats.c.read_to, unread.label("unread"))
        .join(chats, chats.c.id == users.c.id)
        .order_by(users.c.id)
    )
    return (await conn.execute(query)).mappings().all()


async def count(conn: AsyncConnection) -> int:
    return int(await conn.scalar(select(func.count()).select_from(users)) or 0)


async def chat(conn: AsyncConnection, chat_id: int, *, lock: bool = False) -> RowMapping | None:
    """The chat's row; `lock` holds it until the transaction ends, so its messages are in order."""
    query = select(chats).where(chats.c.id == chat_id)
    result = await conn.execute(query.with_for_update() if lock else query)
    return result.mappings().first()


async def change_chat(conn: AsyncConnection, chat_id: int, **values: Any) -> None:
    await conn.execute(update(chats).where(chats.c.id == chat_id).values(**values))


async def mark_read(conn: AsyncConnection, chat_id: int) -> None:
    """Everything in the chat has been seen."""
    await conn.execute(
        update(chats).where(chats.c.id == chat_id).values(read_to=chats.c.last_message_id)
    )
