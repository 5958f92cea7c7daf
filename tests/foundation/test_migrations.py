"""Every revision goes up, down and up again, and ends where the packages' tables say."""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

from foundation.db import (
    Database,
    check_schema,
    downgrade,
    head_revision,
    known_revisions,
    metadata,
    migrate,
)
from foundation.errors import SchemaMismatch

_REVISIONS = sorted(known_revisions())
_ROOT = Path(__file__).parents[2]
_PACKAGES = ("app", "billing", "bot", "engine", "foundation", "miniapp")


class _Xid8(UserDefinedType[str]):
    """Postgres' transaction number, which SQLAlchemy does not recognise by itself."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        return "XID8"


async def _schema(dsn: str) -> list[tuple[object, ...]]:
    """What distinguishes two schemas: columns, constraints, indexes, triggers, functions."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            """
            select 'column' as kind, table_name || '.' || column_name as name,
                   data_type || is_nullable || coalesce(column_default, '') as what
            from information_schema.columns where table_schema = 'public'
            union all select 'constraint', conrelid::regclass::text || '.' || conname,
                   pg_get_constraintdef(oid) from pg_constraint
                   where connamespace = 'public'::regnamespace
            union all select 'index', indexname, indexdef from pg_indexes
                   where schemaname = 'public'
            union all select 'trigger', tgname, pg_get_triggerdef(oid) || tgenabled::text
                   from pg_trigger where not tgisinternal
            union all select 'function', proname, prosrc from pg_proc
                   where pronamespace = 'public'::regnamespace
            union all select 'type', typname, typtype::text from pg_type
                   where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
            order by 1, 2, 3
            """
        )
    finally:
        await connection.close()
    return [tuple(row) for row in rows]


async def test_every_step_goes_up_down_and_up_again(empty_dsn: str) -> None:
    before = await _schema(empty_dsn)
    previous = "base"
    for revision in _REVISIONS:
        await asyncio.to_thread(migrate, empty_dsn, revision)
        upgraded = await _schema(empty_dsn)
        await asyncio.to_thread(downgrade, empty_dsn, previous)
        downgraded = [row for row in await _schema(empty_dsn) if "alembic_version" not in str(row)]
        assert downgraded == [row for row in before if "alembic_version" not in str(row)], revision
        await asyncio.to_thread(migrate, empty_dsn, revision)
        assert await _schema(empty_dsn) == upgraded, revision
        before, previous = upgraded, revision


async def test_all_the_way_down_and_up(database_dsn: str) -> None:
    full = await _schema(database_dsn)
    await asyncio.to_thread(downgrade, database_dsn, "base")
    await asyncio.to_thread(migrate, database_dsn)
    assert await _schema(database_dsn) == full


def _tables_modules() -> Iterator[str]:
    for package in _PACKAGES:
        try:
            root = importlib.import_module(package)
        except ModuleNotFoundError:
            continue
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            if found.name.endswith(".tables"):
                yield found.name


def _differences(connection: Connection) -> list[object]:
    ischema_names.setdefault("xid8", _Xid8)
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata))


async def test_the_tables_match_the_migrations(database: Database) -> None:
    modules = [importlib.import_module(name).__name__ for name in _tables_modules()]
    assert "foundation.people.tables" in modules
    async with database.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_several_processes_may_migrate_at_once(empty_dsn: str) -> None:
    program = "import os; from foundation.db import migrate; migrate(os.environ['DSN'])"
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, env={**os.environ, "DSN": empty_dsn}, cwd=_ROOT
        )
        for _ in range(3)
    ]
    assert await asyncio.gather(*(process.wait() for process in started)) == [0, 0, 0]
    database = await Database.open(empty_dsn, pool_size=1)
    try:
        await check_schema(database)
    finally:
        await database.close()


async def _pretend(dsn: str, revision: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("update alembic_version set version_num = $1", revision)
    await connection.close()


async def test_a_newer_schema_is_refused_with_a_way_out(database: Database) -> None:
    await _pretend(database.dsn, "9999_future")
    with pytest.raises(SchemaMismatch, match=r"9999_future.*newer version"):
        await check_schema(database)
    with pytest.raises(SchemaMismatch, match="newer version"):
        await asyncio.to_thread(migrate, database.dsn)


async def test_an_older_schema_is_told_to_migrate(database: Database) -> None:
    await _pretend(database.dsn, _REVISIONS[0])
    with pytest.raises(SchemaMismatch, match="countersign migrate"):
        await check_schema(database)


async def test_an_empty_database_is_told_to_migrate(empty_dsn: str) -> None:
    database = await Database.open(empty_dsn, pool_size=1)
    try:
        with pytest.raises(SchemaMismatch, match=f"none.*{head_revision()}"):
            await check_schema(database)
    finally:
        await database.close()
