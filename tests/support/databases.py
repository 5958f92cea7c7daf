"""A shelf of migrated databases: a test takes one, and puts it back empty.

To copy a template takes Postgres many times as long as a test works with its copy. What is put
back has its rows deleted and its sequences begun anew; one whose schema is not as it was, or that
somebody still holds on to, is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg

_LET_GO_S = 3.0
_LOOK_S = 0.02
#: Everything a test could have changed besides rows; copies of one template share their oids.
_SCHEMA = """
select md5(string_agg(line, '|' order by line)) from (
  select concat('class', c.oid, c.relname, c.relkind, c.relpersistence) as line
    from pg_class c where c.relnamespace = 'public'::regnamespace
  union all select concat('column', a.attrelid, a.attnum, a.attname, a.atttypid, a.attnotnull)
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and a.attnum > 0
  union all select concat('trigger', t.oid, t.tgname, t.tgenabled) from pg_trigger t
  union all select concat('constraint', k.oid, k.conname)
    from pg_constraint k where k.connamespace = 'public'::regnamespace
  union all select concat('function', p.oid, p.xmin)
    from pg_proc p where p.pronamespace = 'public'::regnamespace
  union all select concat('version', v.version_num) from alembic_version v
  union all select concat('setting', s.setconfig::text) from pg_db_role_setting s
    where s.setdatabase = (select oid from pg_database where datname = current_database())
) as lines
"""
_TABLES = """
select quote_ident(relname) from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'alembic_version'
"""
#: What keeps rows even in a session that replays replication.
_GUARDS = """
select quote_ident(c.relname), quote_ident(t.tgname)
from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgenabled = 'A'
"""
_OTHERS = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""
_SEQUENCES = """
select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
from pg_sequences where last_value is not null
"""


def at_database(dsn: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


async def execute(dsn: str, statement: str) -> None:
    """One statement on a connection of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


class Shelf:
    """Databases made from ``template``, those of one server and one test process."""

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._free: list[str] = []
        self._made = 0
        self._schema: str | None = None

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[str]:
        """The address of a database that is as the template was."""
        name = self._free.pop() if self._free else await self._make()
        dsn = at_database(self._server, name)
        if self._schema is None:
            self._schema = await _schema_of(dsn)
        try:
            yield dsn
        finally:
            if await self._cleaned(dsn):
                self._free.append(name)
            else:
                await execute(self._server, f"drop database {name} with (force)")

    async def _make(self) -> str:
        self._made += 1
        name = f"shelf_{self._made}"
        await execute(self._server, f"create database {name} template {self._template}")
        return name

    async def _cleaned(self, dsn: str) -> bool:
        """Whether it is as new again."""
        with contextlib.suppress(asyncpg.PostgresError, OSError, TimeoutError):
            connection = await asyncpg.connect(dsn)
            try:
                async with asyncio.timeout(_LET_GO_S):
                    while await connection.fetchval(_OTHERS):  # noqa: ASYNC110 - no event tells
                        await asyncio.sleep(_LOOK_S)
                if await connection.fetchval(_SCHEMA) != self._schema:
                    return False
                await _empty(connection)
                return True
            finally:
                await connection.close()
        return False


async def _schema_of(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.fetchval(_SCHEMA))
    finally:
        await connection.close()


async def _empty(connection: asyncpg.Connection) -> None:
    """Delete all rows, whatever forbids it to others, and begin every sequence anew."""
    tables = [row[0] for row in await connection.fetch(_TABLES)]
    guards = await connection.fetch(_GUARDS)
    statements = [
        "set session_replication_role = replica",
        *(f"alter table {table} disable trigger {name}" for table, name in guards),
        *(f"delete from {table}" for table in tables),
        *(f"alter table {table} enable always trigger {name}" for table, name in guards),
    ]
    await connection.execute("; ".join(statements))
    await connection.execute(_SEQUENCES)
