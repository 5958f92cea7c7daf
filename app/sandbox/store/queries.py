"""Questions put to the bot that it must answer in time: button presses, checkouts, invoices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.tables import invoices, queries
from foundation.ids import new_id


async def ask(conn: AsyncConnection, values: dict[str, Any], now: datetime) -> str:
    """Put a question; `values` are kind, chat_id, message_id, data. Returns its id."""
    query_id = new_id(now)
    await conn.execute(insert(queries).values(id=query_id, created_at=now, **values))
    return query_id


async def answer(
    conn: AsyncConnection, kind: str, query_id: str, now: datetime, lifetime_s: float
) -> RowMapping | None:
    """Mark it answered and return it; None when unknown, answered already or too old."""
    result = await conn.execute(
        update(queries)
        .where(
            queries.c.id == query_id,
            queries.c.kind == kind,
            queries.c.answered_at.is_(None),
            queries.c.created_at >= now - timedelta(seconds=lifetime_s),
        )
        .values(answered_at=now)
        .returning(queries)
    )
    query: RowMapping | None = result.mappings().first()
    return query


async def offer_invoice(conn: AsyncConnection, content: dict[str, Any], now: datetime) -> str:
    """Keep an invoice; returns its slug."""
    slug = new_id(now)
    await conn.execute(insert(invoices).values(slug=slug, content=content, created_at=now))
    return slug


async def invoice(conn: AsyncConnection, slug: str) -> dict[str, Any] | None:
    query = select(invoices.c.content).where(invoices.c.slug == slug)
    content: dict[str, Any] | None = await conn.scalar(query)
    return content
