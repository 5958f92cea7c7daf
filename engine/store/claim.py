"""Commands on their way to a venue: claimed by one, answered once, withdrawn when too old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from asyncpg import Record

from engine.domain.events import OrderCancelled
from engine.domain.leg import ZERO
from engine.store.codec import decode_command, encode_fact
from engine.store.faults import connection, transaction
from engine.store.intake import put_with
from engine.store.port import InboxEntry, Lanes, OutboxRow, OutboxStatus
from foundation.db import Database

_ROW: Final = "account_id, venue, command, status, claimed_at, correlation_id"

_CLAIM = f"""
with expired as (
  update outbox set status = 'withdrawn', ended_at = $1, outcome = 'expired'
  where id in (
    select id from outbox where status = 'new' and valid_until < $1
    order by ordinal for update skip locked
  ) and status = 'new'
  returning account_id, order_id, correlation_id, ordinal
), told as (
  insert into inbox (account_id, key, kind, fact, correlation_id, received_at)
  select account_id, 'lost:' || order_id, 'order_lost',
    jsonb_build_object('kind', 'order_lost', 'order_id', order_id), correlation_id, $1
  from expired order by ordinal
  on conflict (account_id, key) do nothing
), ranked as (
  select id, account_id, venue, priority, ordinal,
    row_number() over (partition by account_id order by priority, ordinal) as place
  from outbox o
  where status = 'new' and (valid_until is null or valid_until >= $1)
    and account_id <> all($4::text[]) and not (priority > 0 and account_id = any($8::text[]))
    and not (kind = 'cancel_order' and exists (
      select 1 from outbox p where p.id = o.order_id and p.status in ('claimed', 'sent')))
    and not (kind = 'place_order' and id in (
      select order_id from outbox where status = 'new' and kind = 'cancel_order'
      union all select order_id from outbox
      where status in ('claimed', 'sent') and kind = 'cancel_order'))
    and not (priority > 0 and exists (
      select 1 from accounts a where a.id = o.account_id
        and (a.state = 'halted' or a.kept->>'installation' = 'halted')))
), laned as (
  select id, venue, priority,
    row_number() over (partition by venue order by priority, ordinal) as nth,
    row_number() over (partition by venue, priority order by ordinal) as nth_alike
  from ranked
  left join unnest($9::text[], $10::int[], $11::int[]) as own(account, commands, entries)
    on own.account = ranked.account_id
  where place <= least($3, case when priority = 0 then own.commands else own.entries end)
), picked as (
  select o.id from outbox o join laned r on r.id = o.id
  left join unnest($5::text[], $6::int[], $7::int[]) as room(venue, commands, entries)
    on room.venue = r.venue
  where o.status = 'new' and r.nth <= coalesce(room.commands, $2)
    and (r.priority = 0 or r.nth_alike <= coalesce(room.entries, $2))
  order by o.priority, o.ordinal limit $2
  for update of o skip locked
), claimed as (
  update outbox o set status = 'claimed', claimed_at = $1
  from picked where o.id = picked.id returning o.priority, o.ordinal, {_ROW}
)
select {_ROW} from claimed order by priority, ordinal
"""  # noqa: S608 - only our own column names

_UNRESOLVED = f"""
select {_ROW} from outbox
where status in ('claimed', 'sent') and claimed_at <= $1
order by claimed_at, id limit $2
"""  # noqa: S608 - only our own column names

_ANSWERED = """
with done as (
  update outbox set status = 'done', ended_at = $4, outcome = $5
  where id = $1 and account_id = $2 and status in ('claimed', 'sent') and claimed_at = $3
  returning account_id
), told as (
  insert into inbox (account_id, key, kind, fact, correlation_id, received_at)
  select account_id, $6, $5, $7::jsonb, $8, $4 from done where $6::text is not null
  on conflict (account_id, key) do nothing
)
select count(*) from done
"""
_UNKNOWN = """
update outbox set status = 'sent'
where id = $1 and account_id = $2 and status = 'claimed' and claimed_at = $3
"""
_WITHDRAW = """
update outbox set status = 'withdrawn', ended_at = $3, outcome = 'withdrawn'
where id = $1 and account_id = $2 and status = 'new' and kind = 'place_order'
returning correlation_id
"""


class Bounds(NamedTuple):
    """How much a claim may take; see `Store.claim`."""

    limit: int
    per_account: int
    skip: Sequence[str]
    lanes: Lanes


async def claim(database: Database, now: datetime, bounds: Bounds) -> list[OutboxRow]:
    """See `Store.claim`: one statement, so a row goes to one caller only."""
    rooms, accounts = bounds.lanes.rooms, bounds.lanes.accounts
    async with connection(database) as pooled:
        records = await pooled.fetch(
            _CLAIM,
            now,
            bounds.limit,
            bounds.per_account,
            list(bounds.skip),
            list(rooms),
            [room.commands for room in rooms.values()],
            [room.entries for room in rooms.values()],
            list(bounds.lanes.exits_only),
            list(accounts),
            [room.commands for room in accounts.values()],
            [room.entries for room in accounts.values()],
        )
    return [_row(record) for record in records]


async def answered(
    database: Database, row: OutboxRow, fact: InboxEntry | None, now: datetime
) -> bool:
    """See `Store.answered`."""
    which = (row.command.id, row.account_id, row.claimed_at, now)
    async with connection(database) as pooled:
        if fact is None:
            done = await pooled.fetchval(_ANSWERED, *which, "none", None, None, None)
        else:
            kind, encoded = fact.fact.kind, encode_fact(fact.fact).decode()
            done = await pooled.fetchval(
                _ANSWERED, *which, kind, fact.key, encoded, fact.correlation_id
            )
    return bool(done)


async def unknown(database: Database, row: OutboxRow) -> None:
    """See `Store.unknown`."""
    async with connection(database) as pooled:
        await pooled.execute(_UNKNOWN, row.command.id, row.account_id, row.claimed_at)


async def withdraw(database: Database, account_id: str, order_id: str, now: datetime) -> bool:
    """See `Store.withdraw`."""
    async with transaction(database) as pooled:
        record = await pooled.fetchrow(_WITHDRAW, order_id, account_id, now)
        if record is None:
            return False
        fact = OrderCancelled(order_id, ZERO)
        entry = InboxEntry(account_id, f"cancelled:{order_id}", fact, record["correlation_id"])
        await put_with(pooled, [entry], now)
    return True


async def outbox_status(
    database: Database, account_id: str, command_id: str
) -> OutboxStatus | None:
    """See `Store.outbox_status`."""
    async with connection(database) as pooled:
        status = await pooled.fetchval(
            "select status from outbox where id = $1 and account_id = $2", command_id, account_id
        )
    return OutboxStatus(status) if status else None


async def unresolved(
    database: Database, now: datetime, age: timedelta, limit: int
) -> list[OutboxRow]:
    """See `Store.unresolved`."""
    async with connection(database) as pooled:
        records = await pooled.fetch(_UNRESOLVED, now - age, limit)
    return [_row(record) for record in records]


def _row(record: Record) -> OutboxRow:
    account_id, venue, command, status, claimed_at, correlation_id = record
    return OutboxRow(
        account_id=account_id,
        venue=venue,
        command=decode_command(command),
        status=OutboxStatus(status),
        claimed_at=claimed_at,
        correlation_id=correlation_id,
    )
