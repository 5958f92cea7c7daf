"""Many rows in one statement: SQL over ``unnest``, built once per table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import Connection
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

Executor = Connection | PoolConnectionProxy
Row = tuple[Any, ...]

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@dataclass(frozen=True, slots=True)
class BulkWrite:
    """A statement that takes one array per column; rows are written in the order given."""

    sql: str
    columns: tuple[str, ...]

    async def run(self, connection: Executor, rows: Sequence[Row]) -> None:
        """Write the rows (each in the order of ``columns``); nothing to write is no statement."""
        if rows:
            await connection.execute(self.sql, *arrays(rows))


def arrays(rows: Sequence[Row]) -> list[list[Any]]:
    """Rows turned into one list per column."""
    return [list(column) for column in zip(*rows, strict=True)]


def insert(table: Table, columns: str) -> BulkWrite:
    """Plain insert of the columns (names with blanks between): a row already there is an error."""
    names = tuple(columns.split())
    return BulkWrite(_insert(table, names), names)


def upsert(table: Table, columns: Sequence[str], keep: Iterable[str] = ()) -> BulkWrite:
    """Insert, or update all columns but the key and ``keep`` of the row with this key."""
    key = [column.name for column in table.primary_key]
    fixed = {*key, *keep}
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in fixed)
    target = ", ".join(f'"{name}"' for name in key)
    sql = f"{_insert(table, columns)} on conflict ({target}) do update set {changed}"
    return BulkWrite(sql, tuple(columns))


def _insert(table: Table, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    values = f"select {names} from {source(table, columns)} order by n"  # noqa: S608 - ours
    return f"insert into {table.name} ({names}) {values}"


def source(table: Table, columns: Sequence[str]) -> str:
    """``unnest($1::text[], …) with ordinality as u(id, …, n)``, typed like the table."""
    types = [table.c[name].type.compile(dialect=_DIALECT) for name in columns]
    values = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(types, start=1))
    names = ", ".join(f'"{name}"' for name in columns)
    return f"unnest({values}) with ordinality as u({names}, n)"
