"""The bot's queue of updates, its counter and its webhook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.tables import bot, updates
from foundation import limits

# an empty list of allowed updates means all but these
_ONLY_WHEN_ASKED: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


async def push(conn: AsyncConnection, kind: str, body: dict[str, Any], now: datetime) -> None:
    """Queue an update, unless the bot did not ask for its kind.

    The counter's row stays locked until the transaction ends, so numbers become visible in
    their order and a poller never confirms one it has not seen.
    """
    row = (
        await conn.execute(
            update(bot)
            .values(last_update_id=bot.c.last_update_id + 1)
            .returning(bot.c.last_update_id, bot.c.allowed_updates)
        )
    ).one()
    allowed = row.allowed_updates
    if kind not in allowed if allowed else kind in _ONLY_WHEN_ASKED:
        return
    await conn.execute(
        insert(updates).values(update_id=row.last_update_id, kind=kind, body=body, created_at=now)
    )


async def pending(conn: AsyncConnection, limit: int) -> Sequence[RowMapping]:
    """The oldest unconfirmed updates."""
    query = select(updates).order_by(updates.c.update_id).limit(limit)
    return (await conn.execute(query)).mappings().all()


async def confirm(conn: AsyncConnection, offset: int) -> None:
    """Forget what is older than `offset`; a negative one keeps only that many newest."""
    if offset > 0:
        await conn.execute(delete(updates).where(updates.c.update_id < offset))
    elif offset < 0:
        newest = select(updates.c.update_id).order_by(updates.c.update_id.desc()).limit(-offset)
        await conn.execute(delete(updates).where(updates.c.update_id.not_in(newest)))


async def done(conn: AsyncConnection, update_id: int) -> None:
    """One update was taken by the webhook."""
    await conn.execute(delete(updates).where(updates.c.update_id == update_id))


async def drop_all(conn: AsyncConnection) -> None:
    await conn.execute(delete(updates))


async def drop_stale(conn: AsyncConnection, now: datetime) -> None:
    """Telegram keeps unfetched updates for a day."""
    oldest = now - timedelta(hours=limits.TELEGRAM_UPDATE_LIFETIME_H)
    await conn.execute(delete(updates).where(updates.c.created_at < oldest))


async def count(conn: AsyncConnection) -> int:
    return int(await conn.scalar(select(func.count()).select_from(updates)) or 0)


async def allow(conn: AsyncConnection, kinds: list[str]) -> None:
    await conn.execute(update(bot).values(allowed_updates=kinds or None))


async def allowed(conn: AsyncConnection) -> list[str] | None:
    kinds: list[str] | None = await conn.scalar(select(bot.c.allowed_updates))
    return kinds


async def set_webhook(conn: AsyncConnection, webhook: dict[str, Any] | None) -> None:
    await conn.execute(update(bot).values(webhook=webhook))


async def webhook(conn: AsyncConnection, *, lock: bool = False) -> dict[str, Any] | None:
    """Where updates are sent; None while the bot polls. `lock` holds it for a change."""
    query = select(bot.c.webhook)
    found: dict[str, Any] | None = await conn.scalar(query.with_for_update() if lock else query)
    return found
