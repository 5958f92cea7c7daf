"""What screens read of results: trades, their roll-ups, equity over time; of one user."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import UTC, datetime, time, timedelta

from asyncpg import Record

from engine.store.faults import connection
from foundation.db import Database

_TRADE = (
    "t.id, t.account_id, a.venue, t.symbol, t.timeframe, t.side, t.opened_at, t.closed_at, "
    "t.pyramid_count, t.quantity, t.entry_price, t.exit_price, t.cost_usd, t.fees_usd, "
    "t.realized_pnl_usd, t.exit_reason, t.source, t.strategy, t.strategy_version, "
    "t.mae_percent, t.mfe_percent, t.imported"
)
_WANTED = """
from trades t join accounts a on a.id = t.account_id
where a.user_id = $1 and ($2::text is null or t.account_id = $2)
  and ($3::text is null or t.symbol = $3) and ($4::int is null or t.timeframe = $4)
  and ($5::text is null or t.side = $5) and ($6::text is null or t.source = $6)
  and ($7::text is null or t.exit_reason = $7)
  and ($8::int is null or sign(t.realized_pnl_usd) = $8)
  and ($9::timestamptz is null or t.closed_at >= $9)
  and ($10::timestamptz is null or t.closed_at < $10)
"""
_LIST = f"""
select {_TRADE} {_WANTED}
  and ($11::timestamptz is null or (t.closed_at, t.id) < ($11, $12))
order by t.closed_at desc, t.id desc limit $13
"""
#: By the day first: cutting every time to its month costs more than all the sums.
_PERIODS = f"""
select date_trunc($11, day, 'UTC') as begins, sum(trades)::bigint as trades,
  sum(wins)::bigint as wins, sum(losses)::bigint as losses,
  sum(realized_pnl_usd) as realized_pnl_usd, sum(fees_usd) as fees_usd,
  sum(cost_usd) as cost_usd, max(best_pnl_usd) as best_pnl_usd,
  min(worst_pnl_usd) as worst_pnl_usd
from (
  select date_bin('1 day', t.closed_at, '2000-01-01T00:00:00Z') as day, count(*) as trades,
    count(*) filter (where t.realized_pnl_usd > 0) as wins,
    count(*) filter (where t.realized_pnl_usd < 0) as losses,
    sum(t.realized_pnl_usd) as realized_pnl_usd, sum(t.fees_usd) as fees_usd,
    sum(t.cost_usd) as cost_usd, max(t.realized_pnl_usd) as best_pnl_usd,
    min(t.realized_pnl_usd) as worst_pnl_usd
  {_WANTED} group by 1
) days
group by 1 order by 1 desc limit $12
"""  # noqa: S608 - only our own column names
#: The same from sums of days, for every question that fits them: a hundred times fewer rows.
_PERIODS_OF_DAYS = """
select date_trunc($9, d.day, 'UTC') as begins, sum(d.trades)::bigint as trades,
  coalesce(sum(d.trades) filter (where d.sign > 0), 0)::bigint as wins,
  coalesce(sum(d.trades) filter (where d.sign < 0), 0)::bigint as losses,
  sum(d.realized_pnl_usd) as realized_pnl_usd, sum(d.fees_usd) as fees_usd,
  sum(d.cost_usd) as cost_usd, max(d.best_pnl_usd) as best_pnl_usd,
  min(d.worst_pnl_usd) as worst_pnl_usd
from trade_days d join accounts a on a.id = d.account_id
where a.user_id = $1 and ($2::text is null or d.account_id = $2)
  and ($3::int is null or d.timeframe = $3) and ($4::text is null or d.side = $4)
  and ($5::text is null or d.source = $5) and ($6::text is null or d.exit_reason = $6)
  and ($7::int is null or d.sign = $7)
  and ($8::timestamptz is null or d.day >= $8) and ($11::timestamptz is null or d.day < $11)
group by 1 order by 1 desc limit $10
"""
_ONE = f"""
select {_TRADE}, t.entries, t.exits
from trades t join accounts a on a.id = t.account_id where t.id = $1 and a.user_id = $2
"""  # noqa: S608 - only our own column names
_FILLS = """
select order_id, trade_id, quantity, price, at from fills
where order_id = any($1::text[]) order by at, order_id, trade_id
"""
_EQUITY = """
select at, equity_usd, realized_usd, unrealized_usd, open_groups
from equity_points join (
  select max(at) as at from equity_points
  where account_id = $1 and at >= $2 and at <= $3
  group by date_bin($4, at, $2)
) last using (at)
where account_id = $1 order by at
"""


@dataclass(frozen=True, slots=True)
class TradeFilter:
    """Which trades of a user to read; None is any. ``sign`` of the result: 1, 0 or -1."""

    account_id: str | None = None
    symbol: str | None = None
    timeframe: int | None = None
    side: str | None = None
    source: str | None = None
    exit_reason: str | None = None
    sign: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def of_days(self) -> bool:
        """Whether sums of whole days by all but the symbol answer it."""
        ends = (self.since, self.until)
        return self.symbol is None and all(at is None or _begins_a_day(at) for at in ends)


def _begins_a_day(at: datetime) -> bool:
    return at.astimezone(UTC).time() == time()


async def trades(
    database: Database,
    user_id: str,
    wanted: TradeFilter,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Record]:
    """Trades, last closed first, from after (time, id) on."""
    at, last = after or (None, None)
    async with connection(database) as pooled:
        return await pooled.fetch(_LIST, user_id, *astuple(wanted), at, last, limit)


async def periods(
    database: Database, user_id: str, wanted: TradeFilter, unit: str, limit: int
) -> list[Record]:
    """Sums by ``day``, ``week`` or ``month`` (UTC), latest first; a period without is left out."""
    async with connection(database) as pooled:
        if wanted.of_days:
            w = wanted
            by = (w.account_id, w.timeframe, w.side, w.source, w.exit_reason, w.sign, w.since)
            return await pooled.fetch(_PERIODS_OF_DAYS, user_id, *by, unit, limit, w.until)
        return await pooled.fetch(_PERIODS, user_id, *astuple(wanted), unit, limit)


async def trade(database: Database, user_id: str, trade_id: str) -> Record | None:
    """One trade with its orders, if it is the user's."""
    async with connection(database) as pooled:
        return await pooled.fetchrow(_ONE, trade_id, user_id)


async def executions(database: Database, order_ids: list[str]) -> list[Record]:
    """What the venue told of these orders, in its time."""
    async with connection(database) as pooled:
        return await pooled.fetch(_FILLS, order_ids)


async def equity(
    database: Database, account_id: str, since: datetime, until: datetime, points: int
) -> list[Record]:
    """At most ``points`` points, oldest first: the last one of each stretch."""
    stretch = max((until - since) / points, timedelta(seconds=1))
    async with connection(database) as pooled:
        return await pooled.fetch(_EQUITY, account_id, since, until, stretch)
