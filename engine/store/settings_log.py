"""Every settings document that was ever saved for an account: who, when, and what it said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from engine.domain.settings import AccountSettings
from engine.store.faults import connection
from foundation.db import Database

_PAGE = """
select version, settings, author, created_at from account_settings_versions
where account_id = $1 and ($2::integer is null or version < $2)
order by version desc limit $3
"""
_ONE = """
select version, settings, author, created_at from account_settings_versions
where account_id = $1 and version = $2
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """One version of an account's settings; ``author`` is a user id."""

    version: int
    settings: AccountSettings
    author: str
    created_at: datetime


async def versions(
    database: Database, account_id: str, below: int | None, limit: int
) -> list[Saved]:
    """Versions, newest first, from just under ``below``."""
    async with connection(database) as pooled:
        return [_saved(one) for one in await pooled.fetch(_PAGE, account_id, below, limit)]


async def version(database: Database, account_id: str, number: int) -> Saved | None:
    """One version, or None when there is no such."""
    async with connection(database) as pooled:
        record = await pooled.fetchrow(_ONE, account_id, number)
    return None if record is None else _saved(record)


def _saved(record: Record) -> Saved:
    values = dict(record)
    values["settings"] = AccountSettings.model_validate_json(values["settings"])
    return Saved(**values)
