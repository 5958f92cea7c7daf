"""What screens read: rows of groups, queue and events, sums and counts; always of one user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from asyncpg import Record

from engine.store import rows
from engine.store.faults import connection
from foundation import limits
from foundation.db import Database

_GROUP = (
    "g.id, g.account_id, a.venue, a.board, g.symbol, g.timeframe, g.side, g.status, "
    "g.pyramid_count, g.max_pyramids, g.legs_filled, g.legs_total, g.base_entry_price, "
    "g.weighted_avg_price, "
    "g.invested_usd, g.open_quantity, g.closed_quantity, g.realized_pnl_usd, g.fees_usd, "
    "g.tp_mode, g.tp_aggregate_percent, g.next_tp_price, g.next_entry_price, g.source, "
    "g.strategy, g.exit_reason, g.created_at, g.updated_at, g.closed_at"
)
_FROM_GROUPS = "from position_groups g join accounts a on a.id = g.account_id"
_GROUPS = f"""
select {_GROUP} {_FROM_GROUPS}
where a.user_id = $1 and ($2::text is null or g.account_id = $2)
  and g.status = any($3::text[]) and ($4::text is null or g.symbol = $4)
  and ($5::timestamptz is null or (coalesce(g.closed_at, g.created_at), g.id) < ($5, $6))
order by coalesce(g.closed_at, g.created_at) desc, g.id desc limit $7
"""
_ONE_GROUP = f"select {_GROUP} {_FROM_GROUPS} where g.id = $1 and a.user_id = $2"
_UNKNOWN = """
select o.id from outbox o join orders p on p.id = o.id
where p.group_id = $1 and o.status = 'sent'
"""
_QUEUE = f"""
select account_id, {rows.QUEUED_SELECT} from (
  select q.*, o.n from accounts a
  cross join lateral jsonb_array_elements_text(a.queue_order) with ordinality as o(id, n)
  join queued_signals q on q.account_id = a.id and q.id = o.id
  where a.user_id = $1 and ($2::text is null or a.id = $2)
) waiting order by account_id, n
"""  # noqa: S608 - only our own column names
_WITH_QUEUE = """
select id from accounts
where user_id = $1 and ($2::text is null or id = $2) and jsonb_array_length(queue_order) > 0
order by id
"""
_EVENT = (
    "e.id, e.account_id, e.seq, e.at, e.kind, e.reason, e.group_id, e.symbol, e.severity, "
    "e.data, e.correlation_id"
)
_SINCE = f"""
select {_EVENT} from (
  select * from events where account_id = $1 and seq >= $2 and (seq > $2 or id > $4)
  order by seq fetch first $3 rows with ties
) e order by e.id
"""  # noqa: S608 - only our own column names
_RECENT = f"""
select {_EVENT} from (
  select * from events where account_id = $1 order by seq desc, id desc limit $4
) e where e.kind = any($2::text[]) order by e.id desc limit $3
"""  # noqa: S608 - only our own column names
_OF_GROUP = f"select {_EVENT} from events e where group_id = $1 order by id limit $2"  # noqa: S608 - only our own column names
_READ = f"""
select {_EVENT}, e.xid8::text from events e
where (e.xid8, e.id) > ($1::text::xid8, $2) and e.xid8 < pg_snapshot_xmin(pg_current_snapshot())
order by e.xid8, e.id limit $3
"""  # noqa: S608 - only our own column names
_END = """
select xid8::text, id from events
where xid8 < pg_snapshot_xmin(pg_current_snapshot()) order by events.xid8 desc, id desc limit 1
"""
_TOTALS = """
select coalesce(sum(realized_pnl_usd), 0) as realized_pnl_usd,
  coalesce(sum(fees_usd), 0) as fees_usd,
  coalesce(sum(realized_pnl_usd) filter (where day = $2), 0) as realized_today_usd
from daily_results where account_id = $1
"""
_OPEN_NOW = """
select symbol, side, open_quantity, invested_usd,
  status in ('waiting', 'live', 'partially_filled', 'active', 'closing') as holds_slot
from position_groups where account_id = $1 and live and status <> 'closed'
"""
_CLOSED = """
select symbol, realized_pnl_usd, fees_usd, created_at, closed_at from position_groups
where account_id = $1 and status = 'closed' and filled_quantity > 0
  and ($2::timestamptz is null or closed_at >= $2)
order by closed_at, id
"""
_INBOX = "select count(*) from inbox where account_id = $1 and handled_at is null"
_SENT = "select count(*) from outbox where account_id = $1 and status = 'sent'"


@dataclass(frozen=True, slots=True)
class GroupFilter:
    """Which groups of a user to read; ``after`` is (time, id) of the last row of a page."""

    statuses: Sequence[str]
    account_id: str | None = None
    symbol: str | None = None
    after: tuple[datetime, str] | None = None


async def groups(database: Database, user_id: str, wanted: GroupFilter, limit: int) -> list[Record]:
    """Group rows, newest first: closed ones by when they closed, others by when they opened."""
    at, last = wanted.after or (None, None)
    async with connection(database) as pooled:
        return await pooled.fetch(
            _GROUPS,
            user_id,
            wanted.account_id,
            list(wanted.statuses),
            wanted.symbol,
            at,
            last,
            limit,
        )


async def group(database: Database, user_id: str, group_id: str) -> Record | None:
    """One group row if it is the user's."""
    async with connection(database) as pooled:
        return await pooled.fetchrow(_ONE_GROUP, group_id, user_id)


async def unknown_orders(database: Database, group_id: str) -> frozenset[str]:
    """Orders of a group that were sent and not answered."""
    async with connection(database) as pooled:
        return frozenset(record["id"] for record in await pooled.fetch(_UNKNOWN, group_id))


async def queue(database: Database, user_id: str, account_id: str | None) -> list[Record]:
    """Waiting signals in order, account by account: records of account_id and QUEUED_SELECT."""
    async with connection(database) as pooled:
        return await pooled.fetch(_QUEUE, user_id, account_id)


async def accounts_with_queue(
    database: Database, user_id: str, account_id: str | None
) -> list[str]:
    """The user's accounts in which a signal waits, in id order."""
    async with connection(database) as pooled:
        found = await pooled.fetch(_WITH_QUEUE, user_id, account_id)
    return [record["id"] for record in found]


async def events_since(
    database: Database, account_id: str, place: tuple[int, int], limit: int
) -> list[Record]:
    """Events after (seq, id), at least ``limit`` if there are; the last seq always whole."""
    seq, last = place
    async with connection(database) as pooled:
        return await pooled.fetch(_SINCE, account_id, seq, limit, last)


async def events_recent(
    database: Database, account_id: str, kinds: Sequence[str], limit: int
) -> list[Record]:
    """The newest events of these kinds among the account's last ones, newest first."""
    async with connection(database) as pooled:
        return await pooled.fetch(_RECENT, account_id, list(kinds), limit, limits.EVENTS_LOOK_BACK)


async def events_of_group(database: Database, group_id: str, limit: int) -> list[Record]:
    async with connection(database) as pooled:
        return await pooled.fetch(_OF_GROUP, group_id, limit)


async def events_read(database: Database, after: tuple[str, int], limit: int) -> list[Record]:
    """Events of all accounts after (transaction, id), whose transactions have all ended.

    A transaction that began to write earlier may commit later; rows below the oldest one still
    running can get no new neighbours, so a reader that goes on from its last row misses none.
    """
    async with connection(database) as pooled:
        return await pooled.fetch(_READ, *after, limit)


async def events_end(database: Database) -> tuple[str, int]:
    """(transaction, id) of the last event there is to read; (0, 0) before the first."""
    async with connection(database) as pooled:
        record = await pooled.fetchrow(_END)
    return (record["xid8"], record["id"]) if record else ("0", 0)


@dataclass(frozen=True, slots=True)
class Totals:
    """What an account has realised, in USD."""

    realized_pnl_usd: Decimal
    fees_usd: Decimal
    realized_today_usd: Decimal


async def totals(database: Database, account_id: str, today: date) -> Totals:
    async with connection(database) as pooled:
        [record] = await pooled.fetch(_TOTALS, account_id, today)
    return Totals(**record)


async def open_positions(database: Database, account_id: str) -> list[Record]:
    """symbol, side, open_quantity, invested_usd, holds_slot of every group not closed."""
    async with connection(database) as pooled:
        return await pooled.fetch(_OPEN_NOW, account_id)


async def closed_groups(
    database: Database, account_id: str, since: datetime | None
) -> list[Record]:
    """Every trade closed since: symbol, realised, fees, opened and closed times."""
    async with connection(database) as pooled:
        return await pooled.fetch(_CLOSED, account_id, since)


async def waiting(database: Database, account_id: str) -> tuple[int, int]:
    """(facts not decided yet, orders with an unknown outcome) of one account."""
    async with connection(database) as pooled:
        return (
            await pooled.fetchval(_INBOX, account_id),
            await pooled.fetchval(_SENT, account_id),
        )


async def account_of_signal(database: Database, user_id: str, signal_id: str) -> str | None:
    """The user's account in whose queue the signal waits, or last waited."""
    sql = """
    select q.account_id from queued_signals q join accounts a on a.id = q.account_id
    where q.id = $1 and a.user_id = $2 order by q.left_at desc nulls first limit 1
    """
    async with connection(database) as pooled:
        found: str | None = await pooled.fetchval(sql, signal_id, user_id)
    return found
