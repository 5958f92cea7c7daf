"""Facts on their way to accounts: put once, found by whoever decides, set aside when broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from asyncpg import ForeignKeyViolationError
from asyncpg.pool import PoolConnectionProxy

from engine.domain.events import Fact, Halted
from engine.store.codec import decode_fact, encode_fact
from engine.store.faults import connection, transaction
from engine.store.port import FIRST_FACTS, Depths, InboxEntry, InboxRow
from foundation.db import Database
from foundation.errors import ContractBroken, NotFound
from foundation.log import get_logger

_log = get_logger("engine.store.intake")

SET_ASIDE: Final = "set_aside"

_PUT = """
insert into inbox (account_id, key, kind, fact, correlation_id, received_at)
select account_id, key, kind, fact, correlation_id, $6
from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::text[])
  with ordinality as u(account_id, key, kind, fact, correlation_id, n)
order by n
on conflict (account_id, key) do nothing
"""
_PUT_REPORTS = """
with moved as (
  update accounts set report_cursor = $2 where id = $1 returning id
), put as (
  insert into inbox (account_id, key, kind, fact, correlation_id, received_at)
  select moved.id, key, kind, fact, correlation_id, $7
  from moved, unnest($3::text[], $4::text[], $5::jsonb[], $6::text[])
    with ordinality as u(key, kind, fact, correlation_id, n)
  order by n
  on conflict (account_id, key) do nothing
  returning id
)
select (select count(*) from moved), (select count(*) from put)
"""
_READY = """
select account_id from (
  select account_id, min(received_at) as since from inbox
  where handled_at is null and (account_id <> all($3::text[]) or kind = any($4::text[]))
  group by account_id
  union all
  select id, next_due from accounts where next_due <= $1 and id <> all($3::text[])
) as waiting
group by account_id order by min(since), account_id limit $2
"""
_PENDING = """
select i.id, i.account_id, i.key, i.fact, i.correlation_id, i.received_at
from unnest($1::text[]) as u(account_id)
cross join lateral (
  select * from inbox
  where account_id = u.account_id and handled_at is null
    and (
      u.account_id <> all($3::text[]) or kind = any($4::text[])
      or kind = 'state_commanded' and id < (
        select max(id) from inbox
        where account_id = u.account_id and handled_at is null and kind = 'close_all_commanded'
      )
    )
  order by id limit $2
) as i
order by i.id
"""
_SET_ASIDE = """
update inbox set handled_at = $3, outcome_status = 'refused', outcome_code = $4,
  outcome_text = $5, outcome_data = '{}'
where id = $1 and account_id = $2 and handled_at is null returning id
"""
_DEPTHS = """
select (select count(*) from inbox where handled_at is null),
       (select count(*) from outbox where status = 'new'),
       (select count(*) from outbox where status = 'sent')
"""


async def put_with(
    pooled: PoolConnectionProxy, entries: Sequence[InboxEntry], now: datetime
) -> int:
    """Insert facts inside the caller's transaction; returns how many were new.

    Raises NotFound when one of the accounts does not exist; then nothing was inserted.
    """
    if not entries:
        return 0
    try:
        status = await pooled.execute(
            _PUT,
            [entry.account_id for entry in entries],
            [entry.key for entry in entries],
            [entry.fact.kind for entry in entries],
            [encode_fact(entry.fact).decode() for entry in entries],
            [entry.correlation_id for entry in entries],
            now,
        )
    except ForeignKeyViolationError as error:
        raise NotFound(f"there is no such account: {error.detail}") from error
    return int(status.rpartition(" ")[2])


async def put(database: Database, entries: Sequence[InboxEntry], now: datetime) -> int:
    """See `Store.put`."""
    if not entries:
        return 0
    async with connection(database) as pooled:
        return await put_with(pooled, entries, now)


async def put_reports(
    database: Database,
    account_id: str,
    entries: Sequence[InboxEntry],
    cursor: str,
    now: datetime,
) -> int:
    """See `Store.put_reports`."""
    async with connection(database) as pooled:
        [(moved, new)] = await pooled.fetch(
            _PUT_REPORTS,
            account_id,
            cursor,
            [entry.key for entry in entries],
            [entry.fact.kind for entry in entries],
            [encode_fact(entry.fact).decode() for entry in entries],
            [entry.correlation_id for entry in entries],
            now,
        )
    if not moved:
        raise no_account(account_id)
    return int(new)


async def cursor(database: Database, account_id: str) -> str:
    """See `Store.cursor`."""
    async with connection(database) as pooled:
        found: str | None = await pooled.fetchval(
            "select report_cursor from accounts where id = $1", account_id
        )
    if found is None:
        raise no_account(account_id)
    return found


async def ready(
    database: Database, now: datetime, limit: int, held: Sequence[str] = ()
) -> list[str]:
    """See `Store.ready`."""
    async with connection(database) as pooled:
        records = await pooled.fetch(_READY, now, limit, list(held), FIRST_FACTS)
    return [record["account_id"] for record in records]


async def pending(
    database: Database, account_ids: Sequence[str], limit_each: int, held: Sequence[str] = ()
) -> Mapping[str, Sequence[InboxRow]]:
    """See `Store.pending`; accounts without waiting rows are left out."""
    async with connection(database) as pooled:
        records = await pooled.fetch(
            _PENDING, list(account_ids), limit_each, list(held), FIRST_FACTS
        )
    found: dict[str, list[InboxRow]] = {}
    for row_id, account_id, key, data, correlation_id, received_at in records:
        entry = InboxEntry(account_id, key, _read_fact(row_id, data), correlation_id)
        found.setdefault(account_id, []).append(InboxRow(row_id, entry, received_at))
    return found


def _read_fact(row_id: int, data: str) -> Fact:
    try:
        return decode_fact(data)
    except ContractBroken as error:
        _log.error("a fact cannot be read back", row=row_id, reason=error.text)
        return Halted(f"Inbox row {row_id} cannot be read back: {error.text}")


async def set_aside(
    database: Database, row_id: int | None, account_id: str, reason: str, now: datetime
) -> None:
    """See `Store.set_aside`. Raises NotFound."""
    async with transaction(database) as pooled:
        seq = await pooled.fetchval("select seq from accounts where id = $1", account_id)
        if seq is None:
            raise no_account(account_id)
        key = f"halted:due:{seq}"
        if row_id is not None:
            found = await pooled.fetchval(_SET_ASIDE, row_id, account_id, now, SET_ASIDE, reason)
            if found is None:
                return
            key = f"halted:{row_id}"
        await put_with(pooled, [InboxEntry(account_id, key, Halted(reason))], now)


async def next_due(database: Database) -> datetime | None:
    """See `Store.next_due`."""
    async with connection(database) as pooled:
        earliest: datetime | None = await pooled.fetchval("select min(next_due) from accounts")
    return earliest


async def depths(database: Database) -> Depths:
    """See `Store.depths`."""
    async with connection(database) as pooled:
        [(inbox, outbox, unknown)] = await pooled.fetch(_DEPTHS)
    return Depths(inbox_waiting=inbox, outbox_waiting=outbox, orders_unknown=unknown)


def no_account(account_id: str) -> NotFound:
    return NotFound(f"there is no account {account_id}")
