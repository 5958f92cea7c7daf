"""Rows arrive in Postgres as they are, however their texts are spelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from engine.store import bulk
from engine.store.bulk import Part
from foundation.db import Database

D = Decimal
PART = Part(
    "fence",
    (
        ("id", "text"),
        ("number", "numeric"),
        ("at", "timestamptz"),
        ("flag", "boolean"),
        ("whole", "bigint"),
        ("data", "jsonb"),
        ("raw", "bytea"),
    ),
    "select * from {rows}",
)
NOON = datetime(2026, 1, 5, 12, 0, 0, 1, tzinfo=UTC)
ROWS = [
    ("plain", D("1.50"), NOON, True, 1, "{}", b""),
    ('"', D("1E-20"), NOON.astimezone(timezone(timedelta(hours=9))), False, -1, '{"a": 1}', b"\0"),
    ("\\", D(-1), None, None, None, None, None),
    ("", D("1E+3"), NOON, True, 2**62, "[]", b'"'),
    ("NULL", None, NOON, True, 0, "{}", b"\\"),
    (" {a,b}\n'\t\u2028", D(0), NOON, True, 0, "{}", b""),
    ('","', D(0), NOON, True, 0, '{"b": "\\"\\\\"}', b""),
]


async def test_whatever_a_row_holds_arrives_as_it_is(database: Database) -> None:
    statement = bulk.statement(PART, ()).replace("select id from", "select * from")
    for rows in (ROWS, ROWS[:1], ROWS[4:5], ROWS[6:]):
        read = await database.pool.fetch(statement, *bulk.arguments(PART, rows))
        assert [tuple(record)[:-1] for record in read] == rows
