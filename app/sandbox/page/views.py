"""What the page shows: the people, one chat's surroundings, its messages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.botapi import objects
from app.sandbox.botapi.objects import Json
from app.sandbox.store import messages, people, profile
from app.sandbox.switchboard import Switchboard, for_page
from foundation import limits
from foundation.errors import NotFound


async def everyone(board: Switchboard) -> Json:
    """The bot, and all people with their chat's last message and number of unread ones."""
    async with board.database.connect() as conn:
        last = await messages.last_of_each(conn)
        listed = [
            {
                **objects.person(row),
                "unread": row["unread"],
                "last": await _shown(board, conn, last.get(row["id"])),
            }
            for row in await people.everyone(conn)
        ]
        return {"bot": await board.bot_user(conn), "users": listed}


async def chat(board: Switchboard, chat_id: int) -> Json:
    """All round one chat: commands, menu button, pinned message, descriptions, keyboard."""
    async with board.database.connect() as conn:
        row = await people.chat(conn, chat_id)
        person = await people.person(conn, chat_id)
        if row is None or person is None:
            raise NotFound("there is no such chat")
        language = person["language_code"]
        pinned = None
        if row["pinned_message_id"] is not None:
            pinned = await messages.one(conn, chat_id, row["pinned_message_id"])
        return {
            "id": chat_id,
            "name": await profile.get_text(conn, "name", language),
            "description": await profile.get_text(conn, "description", language),
            "started": row["started"],
            "blocked": row["blocked"],
            "commands": await profile.commands_for(conn, chat_id, language),
            "menu_button": await profile.menu_button(conn, chat_id),
            "pinned": await _shown(board, conn, pinned),
            "reply_keyboard": row["reply_keyboard"],
        }


async def history(board: Switchboard, chat_id: int, before: int | None, limit: int) -> Json:
    """Messages older than `before`, oldest first, and whether there are older ones still."""
    limit = max(1, min(limit, limits.SANDBOX_PAGE_MESSAGES_MAX))
    async with board.database.connect() as conn:
        if await people.chat(conn, chat_id) is None:
            raise NotFound("there is no such chat")
        rows = await messages.page(conn, chat_id, before, limit + 1)
        shown = [await _shown(board, conn, row) for row in rows[-limit:]]
    return {"messages": shown, "has_older": len(rows) > limit}


async def _shown(
    board: Switchboard, conn: AsyncConnection, row: RowMapping | None
) -> dict[str, Any] | None:
    return None if row is None else for_page(row, await board.describe(conn, row))
