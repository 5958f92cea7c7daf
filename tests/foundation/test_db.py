"""The database: both ways in, what happens without it, and which addresses are understood."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy import text

from foundation.db import Database, plain_dsn
from foundation.errors import SettingsError, Unavailable


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_every_spelling_of_an_address_is_understood(scheme: str) -> None:
    assert plain_dsn(f"{scheme}://u:p@h:1/d?sslmode=require") == (
        "postgresql://u:p@h:1/d?sslmode=require"
    )


@pytest.mark.parametrize("dsn", ["mysql://h/d", "postgresql", "", "postgresql+psycopg://h/d"])
def test_other_databases_are_refused(dsn: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        plain_dsn(dsn)


async def test_an_address_with_driver_options_works_for_both_ways(database_dsn: str) -> None:
    opened = await Database.open(
        database_dsn.replace("postgresql://", "postgresql+asyncpg://") + "&sslmode=prefer"
    )
    try:
        async with opened.connect() as connection:
            assert await connection.scalar(text("select 1")) == 1
        assert await opened.pool.fetchval("select 1") == 1
    finally:
        await opened.close()


async def _fail_half_way(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("insert into t values (2)"))
        raise RuntimeError


async def test_a_block_commits_and_an_error_rolls_back(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("create table t (n numeric)"))
        await connection.execute(text("insert into t values (:n)"), {"n": Decimal("0.10")})
    with pytest.raises(RuntimeError):
        await _fail_half_way(database)
    async with database.connect() as connection:
        await connection.execute(text("insert into t values (3)"))  # never committed
    assert [str(row["n"]) for row in await database.pool.fetch("select n from t")] == ["0.10"]


async def test_sessions_are_in_utc(database: Database) -> None:
    assert await database.pool.fetchval("show timezone") == "UTC"
    async with database.connect() as connection:
        assert await connection.scalar(text("show timezone")) == "UTC"


async def test_the_hot_pool_sends_no_reset_but_drops_open_transactions(database_dsn: str) -> None:
    database = await Database.open(database_dsn, pool_size=1)
    statements: list[str] = []
    try:
        async with database.pool.acquire() as connection:
            await connection.execute("create table t (n int)")
            await connection.execute("set application_name = 'kept'")
        async with database.pool.acquire() as connection:
            assert await connection.fetchval("show application_name") == "kept"
            connection.add_query_logger(lambda record: statements.append(record.query))
            await connection.execute("begin")
            await connection.execute("insert into t values (1)")
        assert await database.pool.fetchval("select count(*) from t") == 0
    finally:
        await database.close()
    assert not any("RESET" in statement.upper() for statement in statements)


async def test_nobody_answering_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        await Database.open("postgresql://u:p@127.0.0.1:1/d")


async def test_a_lost_connection_is_replaced(database: Database) -> None:
    for _ in range(2):
        async with database.connect() as connection:
            assert await connection.scalar(text("select 1")) == 1
        killer = await asyncpg.connect(database.dsn)
        await killer.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        await killer.close()


async def test_close_does_not_wait_for_ever(
    database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundation.limits.DATABASE_POOL_TIMEOUT_S", 0.05)
    database = await Database.open(database_dsn, pool_size=1)
    await database.pool.acquire()  # and never given back
    async with asyncio.timeout(5):
        await database.close()
