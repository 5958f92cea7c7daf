"""Columns as all tables of the engine spell them: ids text, money numeric, times with zone."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Numeric,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType

TIME = DateTime(timezone=True)
# a missing value is SQL null, never the JSON word null
JSON = JSONB(none_as_null=True)


class Xid8(UserDefinedType[str]):
    """Postgres' 64-bit transaction id: tells in which order transactions began to write."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "XID8"


def one_of(column: str, words: Iterable[StrEnum]) -> str:
    """SQL that holds when the column is null or one of the words, in a stable order."""
    return f"{column} in ({', '.join(repr(word.value) for word in words)})"


def word(
    name: str, words: type[StrEnum], *, null: bool = False, default: str | None = None
) -> tuple[Any, ...]:
    """A column that holds one of the words, and the check that says so."""
    return (
        Column(name, Text, nullable=null, server_default=default),
        CheckConstraint(one_of(name, words), name=f"known_{name}"),
    )


def account(*, primary_key: bool = False) -> Column[Any]:
    return Column(
        "account_id", Text, ForeignKey("accounts.id"), nullable=False, primary_key=primary_key
    )


def money(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Numeric, nullable=null)


def time(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, TIME, nullable=null)


def text(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=null)


def whole(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False)


def flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False)


def ordinal() -> Column[Any]:
    """Keeps the order in which rows were first written: that of the account's memory."""
    return Column("ordinal", BigInteger, Identity(always=True), nullable=False)
