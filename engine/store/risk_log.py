"""Reading what the risk engine found and did, newest first."""

from __future__ import annotations

from typing import Final

from asyncpg import Record

from engine.store.faults import connection
from foundation.db import Database

_HISTORY: Final = """
select id, at, kind, action, loser, symbol, winners::text as winners, figures::text as figures,
  notes
from risk_actions where account_id = $1 and ($2::bigint is null or id < $2)
order by id desc limit $3
"""


async def history(
    database: Database, account_id: str, before: int | None, limit: int
) -> list[Record]:
    """Rows of the account with an id below ``before``. Raises Unavailable."""
    async with connection(database) as pooled:
        return await pooled.fetch(_HISTORY, account_id, before, limit)
