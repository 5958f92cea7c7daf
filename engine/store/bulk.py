"""Many rows of many tables in one statement: SQL over ``unnest``, one array per column.

asyncpg asks of every element of an array whether it is an array itself, which takes longer than all
the rest of writing it. So columns of short plain values travel as Postgres's own text of an array,
which is joined here, column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

Row = tuple[Any, ...]

_REMEMBERED: Final = 1 << 10

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@dataclass(frozen=True, slots=True)
class Part:
    """One writing clause of a statement and the columns its rows bring, with their SQL types.

    ``{rows}`` in the clause stands for the rows, named ``u``, with their number as ``n``. The
    first column says for which account a row is written; whoever the fence (see `statement`)
    let not through, loses all of its rows.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    clause: str
    after: str = ""
    """The part that must be done first, when it has rows too; its clause returns them."""


def insert(name: str, table: Table, columns: str) -> Part:
    """Plain insert of the columns (names with blanks between): a row already there is an error."""
    names = tuple(columns.split())
    return Part(name, _typed(table, names), _insert(table, names))


def upsert(
    name: str, table: Table, columns: Sequence[str], keep: Iterable[str] = (), after: str = ""
) -> Part:
    """Insert, or update all columns but the key and ``keep`` of the row with this key.

    A table without ``account_id`` gets one before its columns, to say whose the row is.
    """
    key = [column.name for column in table.primary_key]
    fixed = {*key, *keep}
    changed = ", ".join(f'"{one}" = excluded."{one}"' for one in columns if one not in fixed)
    target = ", ".join(f'"{one}"' for one in key)
    clause = f"{_insert(table, columns)} on conflict ({target}) do update set {changed}"
    typed = _typed(table, columns)
    if columns[0] != "account_id":
        typed = (("account_id", "text"), *typed)
    return Part(name, typed, clause, after)


def _typed(table: Table, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((one, table.c[one].type.compile(dialect=_DIALECT)) for one in names)


def _insert(table: Table, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{one}"' for one in columns)
    return f"insert into {table.name} ({names}) select {names} from {{rows}} order by n"  # noqa: S608 - only our own names


def _arrives(kind: str) -> str:
    return f"text::{kind}" if kind.lower() in _WAYS else kind


@cache
def statement(fence: Part, parts: tuple[Part, ...]) -> str:
    """One statement that passes the fence and, for those who did, writes all parts.

    The clause of the fence gives the ids it let through; the statement returns them. Parameters
    are the columns of the fence and of the parts, one array each.
    """
    clauses = []
    number = 0
    for part in (fence, *parts):
        values = ", ".join(
            f"${number + n}::{_arrives(kind)}[]"
            for n, (_, kind) in enumerate(part.columns, start=1)
        )
        names = ", ".join(f'"{name}"' for name, _ in part.columns)
        rows = f"unnest({values}) with ordinality as u({names}, n)"
        if part is not fence:
            rows += f' where u."{part.columns[0][0]}" in (select id from {fence.name})'  # noqa: S608 - only our own names
        if part.after in [one.name for one in parts]:
            rows += f" and (select count(*) from {part.after}) >= 0"  # noqa: S608 - only our own names
        # every name here is one of our own tables and columns
        clauses.append(f"{part.name} as ({part.clause.replace('{rows}', rows)})")
        number += len(part.columns)
    return f"with {', '.join(clauses)} select id from {fence.name}"  # noqa: S608 - only our own names


def arrays(rows: Sequence[Row]) -> list[list[Any]]:
    """Rows turned into one list per column, for asyncpg's own arrays."""
    return [list(column) for column in zip(*rows, strict=True)]


def arguments(part: Part, rows: Sequence[Row]) -> list[Any]:
    """The rows of a part as its parameters, one for each column."""
    columns = zip(*rows, strict=True)
    return [
        _WAYS.get(kind.lower(), list)(column)
        for (_, kind), column in zip(part.columns, columns, strict=True)
    ]


def _values(column: Sequence[Any]) -> str:
    """An array of numbers, times or truths, none of which is ever spelled with ``None`` in it."""
    return "{" + ",".join(map(str, column)).replace("None", "NULL") + "}"


def _texts(column: Sequence[str | None]) -> str:
    """An array of texts, each in quotes."""
    if None not in column:
        joined = '","'.join(column)  # type: ignore[arg-type]  # None was looked for
        if "\\" not in joined and joined.count('"') == 2 * (len(column) - 1):
            return '{"' + joined + '"}'
    return "{" + ",".join([_quoted(text) for text in column]) + "}"


def _quoted(text: str | None) -> str:
    if text is None:
        return "NULL"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _times(column: Sequence[Any]) -> str:
    return _values([_spelled(moment) for moment in column])


#: The rows of a turn share a few moments.
_spelled = lru_cache(_REMEMBERED)(str)


_WAYS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "text": _texts,
    "timestamptz": _times,
    "timestamp with time zone": _times,
    **dict.fromkeys(("numeric", "bigint", "integer", "smallint", "boolean", "date"), _values),
}
"""How the columns of a type travel; those of any other as asyncpg's own arrays."""
