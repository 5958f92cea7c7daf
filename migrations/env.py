"""Runs the revisions over asyncpg: one transaction, one process at a time, with time-outs."""

from __future__ import annotations

import asyncio

import asyncpg
from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from foundation import limits
from foundation.db import connect, known_revisions, metadata, newer_schema

_TURN = 0x636F756E74657273  # one fixed advisory lock: "counters" in hex


def _current(connection: Connection) -> str | None:
    exists = connection.scalar(text("select to_regclass('alembic_version') is not null"))
    if not exists:
        return None
    found: str | None = connection.scalar(text("select version_num from alembic_version"))
    return found


def _run(connection: Connection) -> None:
    # waiting for another process that migrates may take longer than a lock inside a revision
    connection.execute(text(f"set local lock_timeout = {limits.MIGRATION_TURN_TIMEOUT_MS}"))
    connection.execute(text("select pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
    connection.execute(text(f"set local lock_timeout = {limits.MIGRATION_LOCK_TIMEOUT_MS}"))
    connection.execute(
        text(f"set local statement_timeout = {limits.MIGRATION_STATEMENT_TIMEOUT_MS}")
    )
    found = _current(connection)
    if found is not None and found not in known_revisions():
        raise newer_schema(found)
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    context.run_migrations()


async def _main(dsn: str) -> None:
    async def dial() -> asyncpg.Connection:
        return await connect(dsn)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=dial, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_run)
    finally:
        await engine.dispose()


asyncio.run(_main(context.config.attributes["dsn"]))
