"""The trading state of all accounts together: one row, and a fact to every account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Table
from sqlalchemy import text as sql

from engine.domain.events import InstallationCommanded
from engine.domain.words import TradingState
from engine.store import columns as c
from engine.store.codec import encode_fact
from engine.store.faults import connection, transaction
from foundation.db import Database, metadata
from foundation.people.audit import Entry, write_beside

installation = Table(
    "installation",
    metadata,
    Column("one", Boolean, primary_key=True, server_default=sql("true")),
    *c.word("state", TradingState),
    Column("version", BigInteger, nullable=False),
    c.time("changed_at"),
    c.text("changed_by"),
    CheckConstraint("one", name="one_row"),
)
"""No row: it was never anything but running. ``version`` counts the changes."""

_LOOK: Final = """
select i.state, i.changed_at, a.accounts, a.untold from (
  select count(*) as accounts, count(*) filter (where
    coalesce(kept->>'installation', 'running')
      <> coalesce((select state from installation), 'running')
  ) as untold
  from accounts
) as a left join installation as i on true
"""
# waits for accounts that are being opened, so that none of them misses the change
_ALONE: Final = "lock table installation in share row exclusive mode"
_STATE: Final = "select state from installation"
_SET: Final = """
insert into installation as i (state, version, changed_at, changed_by) values ($1, 1, $2, $3)
on conflict (one) do update set state = excluded.state, version = i.version + 1,
  changed_at = excluded.changed_at, changed_by = excluded.changed_by
returning version
"""
_TELL: Final = """
insert into inbox (account_id, key, kind, fact, received_at)
select id, $1, 'installation_commanded', $2::jsonb, $3 from accounts order by id
on conflict (account_id, key) do nothing
"""


Audited = Callable[[TradingState], Entry]
"""The line of the audit log, given the state before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state, since when (None: from the beginning), and how many accounts have yet to hear."""

    state: TradingState
    changed_at: datetime | None
    accounts: int
    untold: int


async def look(database: Database) -> Standing:
    """The state as it was set last. Raises Unavailable."""
    async with connection(database) as pooled:
        record = await pooled.fetchrow(_LOOK)
    assert record is not None, "counting gives a row"
    state = TradingState(record["state"] or TradingState.RUNNING)
    return Standing(state, record["changed_at"], record["accounts"], record["untold"])


async def change(
    database: Database, state: TradingState, by: str, now: datetime, audit: Audited
) -> bool:
    """Set the state, put the fact into every inbox and write it down, all or nothing.

    ``audit`` makes the entry from the state before. False when it was so before.
    """
    fact = InstallationCommanded(state, by)
    async with transaction(database) as pooled:
        await pooled.execute(_ALONE)
        before = await _state(pooled)
        if before is state:
            return False
        version = await pooled.fetchval(_SET, state, now, by)
        await pooled.execute(_TELL, f"installation:{version}", encode_fact(fact).decode(), now)
        await write_beside(pooled, now, audit(before))
    return True


async def for_new(pooled: PoolConnectionProxy) -> TradingState:
    """The state a new account begins with; it cannot change before the transaction ends."""
    await pooled.execute("lock table installation in share mode")
    return await _state(pooled)


async def _state(pooled: PoolConnectionProxy) -> TradingState:
    return TradingState(await pooled.fetchval(_STATE) or TradingState.RUNNING)
