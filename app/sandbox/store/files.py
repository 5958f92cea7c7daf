"""Files the bot sent, kept whole in the database."""

from __future__ import annotations

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.tables import files

_DESCRIBED = [column for column in files.c if column.name != "content"]


async def keep(conn: AsyncConnection, values: dict[str, object]) -> RowMapping:
    """Store one file; `values` are the columns of sandbox_files."""
    result = await conn.execute(insert(files).values(**values).returning(*_DESCRIBED))
    return result.mappings().one()


async def described(conn: AsyncConnection, file_id: str) -> RowMapping | None:
    """Everything about a file but its bytes."""
    result = await conn.execute(select(*_DESCRIBED).where(files.c.file_id == file_id))
    return result.mappings().first()


async def by_id(conn: AsyncConnection, file_id: str) -> RowMapping | None:
    result = await conn.execute(select(files).where(files.c.file_id == file_id))
    return result.mappings().first()


async def by_path(conn: AsyncConnection, path: str) -> RowMapping | None:
    result = await conn.execute(select(files).where(files.c.path == path))
    return result.mappings().first()
