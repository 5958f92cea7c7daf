"""Reading what the risk engine found and did, newest first; and what of it is kept for good."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from asyncpg import Record

from engine.store.faults import connection
from foundation.db import Database

#: A review that found what the one before had found is a row, and shown to who asks for it.
_HISTORY: Final = """
select id, at, kind, action, loser, symbol, winners::text as winners, figures::text as figures,
  notes
from risk_actions where account_id = $1 and ($2::bigint is null or id < $2)
order by id desc limit $3
"""
_TOLD: Final = _HISTORY.replace("order by", "  and not (figures ? 'again')\norder by")
_OLD: Final = """
delete from risk_actions where kind = 'risk_reviewed' and figures ? 'again' and at < $1
"""


async def history(
    database: Database, account_id: str, before: int | None, limit: int, *, repeats: bool
) -> list[Record]:
    """Rows of the account with an id below ``before``. Raises Unavailable.

    Without ``repeats`` reviews that found nothing new are left out.
    """
    async with connection(database) as pooled:
        return await pooled.fetch(_HISTORY if repeats else _TOLD, account_id, before, limit)


async def thin_out(database: Database, before: datetime) -> None:
    """Before this moment keep only what changed and what was done. Raises Unavailable."""
    async with connection(database) as pooled:
        await pooled.execute(_OLD, before)
