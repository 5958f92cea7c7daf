"""Databases of tests are lent again only as new: one that is not would make tests meet."""

from __future__ import annotations

import asyncpg
import pytest

from tests.support.databases import Shelf


async def _used(shelf: Shelf, *statements: str) -> str:
    async with shelf.lent() as dsn:
        connection = await asyncpg.connect(dsn)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()
    return dsn


async def test_rows_and_numbers_are_gone_even_where_nothing_may_be_deleted(shelf: Shelf) -> None:
    entry = (
        "insert into audit_log (id, at, action, object_type, object_id) "
        "values ('1', now(), 'a', 'b', 'c')"
    )
    first = await _used(shelf, entry, "select nextval(pg_get_serial_sequence('inbox', 'id'))")
    async with shelf.lent() as dsn:
        assert dsn == first
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("select count(*) from audit_log") == 0
        number = "select nextval(pg_get_serial_sequence('inbox', 'id'))"
        assert await connection.fetchval(number) == 1
        await connection.execute(entry)
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await connection.execute("delete from audit_log")
        await connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "create table left_behind (id int)",
        "alter table accounts add column left_behind int",
        "alter table audit_log disable trigger all",
        "update alembic_version set version_num = '0001_people'",
    ],
)
async def test_another_schema_is_never_lent_again(shelf: Shelf, change: str) -> None:
    changed = await _used(shelf, change)
    assert await _used(shelf) != changed


async def test_somebody_who_holds_on_to_it_is_sent_away(shelf: Shelf) -> None:
    async with shelf.lent() as dsn:
        stayed = await asyncpg.connect(dsn)
    assert stayed.is_closed()
