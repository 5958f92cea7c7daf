"""What the bot says of itself: commands by scope and language, names, the menu button."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.tables import bot, chats, commands, texts

EVERYBODY: Final = ""
"""The language code of what is shown to people whose own language has nothing."""


async def set_commands(
    conn: AsyncConnection, scope: str, language_code: str, listed: list[dict[str, str]]
) -> None:
    """Replace the commands of one scope and language; an empty list removes them."""
    if not listed:
        await conn.execute(
            delete(commands).where(
                commands.c.scope == scope, commands.c.language_code == language_code
            )
        )
        return
    row = {"scope": scope, "language_code": language_code, "commands": listed}
    await conn.execute(
        upsert(commands)
        .values(**row)
        .on_conflict_do_update(index_elements=["scope", "language_code"], set_=row)
    )


async def get_commands(
    conn: AsyncConnection, scope: str, language_code: str
) -> list[dict[str, str]] | None:
    query = select(commands.c.commands).where(
        commands.c.scope == scope, commands.c.language_code == language_code
    )
    listed: list[dict[str, str]] | None = await conn.scalar(query)
    return listed


async def commands_for(
    conn: AsyncConnection, user_id: int, language_code: str
) -> list[dict[str, str]]:
    """What this person's command menu shows: the narrowest scope first, their language first."""
    for scope in (f"chat:{user_id}", "all_private_chats", "default"):
        for language in (language_code, EVERYBODY):
            listed = await get_commands(conn, scope, language)
            if listed is not None:
                return listed
    return []


async def set_text(conn: AsyncConnection, kind: str, language_code: str, text: str) -> None:
    """Set the bot's name or a description; an empty one removes it for that language."""
    if not text:
        await conn.execute(
            delete(texts).where(texts.c.kind == kind, texts.c.language_code == language_code)
        )
        return
    row = {"kind": kind, "language_code": language_code, "text": text}
    await conn.execute(
        upsert(texts)
        .values(**row)
        .on_conflict_do_update(index_elements=["kind", "language_code"], set_=row)
    )


async def get_text(conn: AsyncConnection, kind: str, language_code: str) -> str | None:
    """The text in that language, else everybody's; None when neither is set."""
    query = (
        select(texts.c.text)
        .where(texts.c.kind == kind, texts.c.language_code.in_((language_code, EVERYBODY)))
        .order_by(texts.c.language_code.desc())
        .limit(1)
    )
    text: str | None = await conn.scalar(query)
    return text


async def set_menu_button(
    conn: AsyncConnection, chat_id: int | None, button: dict[str, Any] | None
) -> None:
    """The button beside the message box, of one chat or (None) of all others."""
    if chat_id is None:
        await conn.execute(update(bot).values(menu_button=button))
    else:
        await conn.execute(update(chats).where(chats.c.id == chat_id).values(menu_button=button))


async def menu_button(conn: AsyncConnection, chat_id: int | None) -> dict[str, Any] | None:
    """The button a chat shows; None means Telegram's default one."""
    own = None
    if chat_id is not None:
        own = await conn.scalar(select(chats.c.menu_button).where(chats.c.id == chat_id))
    if own is not None:
        found: dict[str, Any] = own
        return found
    shared: dict[str, Any] | None = await conn.scalar(select(bot.c.menu_button))
    return shared
