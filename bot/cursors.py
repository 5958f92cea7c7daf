"""How far the bot has read what the engine tells; moved together with what was told."""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import DateTime

from foundation.clock import Clock
from foundation.db import Database

_GET = text("select position from telegram_cursors where bot_id = :bot and name = :name")
_MOVE = text("""
    insert into telegram_cursors (bot_id, name, position, moved_at)
    values (:bot, :name, :position, :now)
    on conflict (bot_id, name) do update set
        position = excluded.position, moved_at = excluded.moved_at
""").bindparams(bindparam("now", type_=DateTime(timezone=True)))


class Cursors:
    """Reading positions of one bot, by name."""

    def __init__(self, database: Database, clock: Clock, bot_id: int) -> None:
        self._database = database
        self._clock = clock
        self._bot_id = bot_id

    async def get(self, name: str) -> str | None:
        """The position; None when nothing was read yet."""
        async with self._database.connect() as connection:
            found: str | None = await connection.scalar(_GET, {"bot": self._bot_id, "name": name})
        return found

    async def move(self, name: str, position: str, connection: AsyncConnection) -> None:
        """Remember the position, in the transaction that writes what was told."""
        values = {
            "bot": self._bot_id,
            "name": name,
            "position": position,
            "now": self._clock.now(),
        }
        await connection.execute(_MOVE, values)
