"""Events that no decision of an account writes: told into its stream by whoever makes them true.

Each takes the account's row and with it the seq of its last decision: a decision is written wholly
before or after it, so whoever reads an account's events in order misses none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from asyncpg.pool import PoolConnectionProxy
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.domain.notices import Notice
from engine.store.codec import encode_strings
from engine.store.faults import connection
from engine.store.projections import severity
from foundation.db import Database

# accounts in the order of their ids, as turns lock them: nobody waits for each other
_TELL: Final = """
with told as (
  select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[]) with ordinality
    as t (account_id, kind, reason, symbol, severity, data, correlation_id, n)
), locked as (
  select id, seq from accounts where id in (select account_id from told)
  order by id for no key update
)
insert into events (account_id, seq, at, kind, reason, symbol, severity, data, correlation_id)
select l.id, l.seq, $1, t.kind, t.reason, t.symbol, t.severity, t.data::jsonb, t.correlation_id
from told t join locked l on l.id = t.account_id order by t.n
"""
_TELL_ALL: Final = """
with locked as (select id, seq from accounts order by id for no key update)
insert into events (account_id, seq, at, kind, reason, severity, data)
select id, seq, $1, $2, $3, $4, $5::jsonb from locked order by id
"""


class Told(NamedTuple):
    """A notice for one account; ``correlation_id`` is the receipt it goes back to."""

    account_id: str
    notice: Notice
    correlation_id: str | None = None


class _Driver(Protocol):
    async def execute(self, query: str, *args: object) -> str: ...


async def tell(pooled: PoolConnectionProxy, told: Sequence[Told], at: datetime) -> None:
    """Write the events inside the caller's transaction; best last, for it holds the accounts."""
    await _tell(pooled, told, at)


async def tell_in(connected: AsyncConnection, told: Sequence[Told], at: datetime) -> None:
    """Like `tell`, on the other kind of connection."""
    raw = await connected.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None, "a transaction is under way"
    await _tell(driver, told, at)


async def tell_all(database: Database, notice: Notice, at: datetime) -> None:
    """Tell every account. Raises Unavailable."""
    data = encode_strings(notice.data)
    async with connection(database) as pooled:
        await pooled.execute(_TELL_ALL, at, notice.kind, notice.reason, severity(notice), data)


async def tell_one(database: Database, told: Told, at: datetime) -> None:
    """Tell one account. Raises Unavailable."""
    async with connection(database) as pooled:
        await _tell(pooled, [told], at)


async def _tell(driver: _Driver, told: Sequence[Told], at: datetime) -> None:
    if not told:
        return
    notices = [one.notice for one in told]
    await driver.execute(
        _TELL,
        at,
        [one.account_id for one in told],
        [notice.kind.value for notice in notices],
        [notice.reason for notice in notices],
        [notice.symbol for notice in notices],
        [severity(notice) for notice in notices],
        [encode_strings(notice.data) for notice in notices],
        [one.correlation_id for one in told],
    )
