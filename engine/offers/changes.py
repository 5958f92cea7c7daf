"""The stream of changes to offers, for chat and Mini App: a reader that goes on misses none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.store.faults import connection
from foundation import limits
from foundation.db import Database
from foundation.errors import InvalidInput

# transactions may commit out of order; below the oldest one running nothing can appear any more
_READ: Final = """
select xid8::text as xid8, id, offer_id, user_id, version, kind, at from offer_events
where (xid8, id) > ($1::text::xid8, $2) and xid8 < pg_snapshot_xmin(pg_current_snapshot())
order by offer_events.xid8, id limit $3
"""
_END: Final = """
select coalesce(
    (select (xid8::text, id) from offer_events
     where xid8 < pg_snapshot_xmin(pg_current_snapshot())
     order by offer_events.xid8 desc, id desc limit 1),
    ('0', 0::bigint)
)
"""


@dataclass(frozen=True, slots=True)
class OfferChange:
    """One change. ``kind``: offered, requoted, approved, rejected, expired, withdrawn, undone,
    refused (by the account, before it was offered), taken, outcome.
    """

    id: int
    offer_id: str
    user_id: str
    version: int
    kind: str
    at: datetime


async def read(
    database: Database, cursor: str | None, limit: int
) -> tuple[tuple[OfferChange, ...], str]:
    """Changes after the cursor (None: from the first), and the cursor to go on with.

    Raises InvalidInput for a cursor that is not ours, Unavailable.
    """
    transaction, last_id = _position(cursor)
    size = min(max(limit, 1), limits.OFFER_CHANGES_MAX)
    async with connection(database) as pooled:
        found = await pooled.fetch(_READ, transaction, last_id, size)
    if not found:
        return (), f"{transaction}-{last_id}"
    changes = tuple(
        OfferChange(
            row["id"], row["offer_id"], row["user_id"], row["version"], row["kind"], row["at"]
        )
        for row in found
    )
    return changes, f"{found[-1]['xid8']}-{found[-1]['id']}"


async def end(database: Database) -> str:
    """The cursor after the last change there is."""
    async with connection(database) as pooled:
        transaction, last_id = await pooled.fetchval(_END)
    return f"{transaction}-{last_id}"


def _position(cursor: str | None) -> tuple[str, int]:
    if cursor is None:
        return "0", 0
    transaction, _, last_id = cursor.partition("-")
    plain = all(part.isascii() and part.isdigit() for part in (transaction, last_id))
    if not plain or len(transaction) > 20 or int(last_id) >= 2**63:
        raise InvalidInput("This cursor is not one of ours.", field="cursor")
    return transaction, int(last_id)
