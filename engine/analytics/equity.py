"""Equity over time: a point a minute for every account with open groups."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from engine.store.faults import connection
from foundation.db import Database

#: Spot counts from the settings' capital, perpetuals from the wallet the venue told of; an
#: account whose wallet is not known yet has no point. A symbol without a price counts as flat.
_POINTS: Final = """
insert into equity_points (
  account_id, at, equity_usd, realized_usd, unrealized_usd, open_groups
)
select account_id, $1, round(settled + unrealized, 8), realized, round(unrealized, 8), open_groups
from (
  select a.id as account_id, count(*) as open_groups,
    case when a.market = 'linear' then (a.kept #>> '{funds,wallet_usd}')::numeric
      else (a.settings ->> 'total_capital_usd')::numeric + coalesce(r.realized, 0)
    end as settled,
    coalesce(r.realized, 0) as realized,
    coalesce(sum(
      (q.price * g.open_quantity - g.invested_usd) * case g.side when 'long' then 1 else -1 end
    ) filter (where g.open_quantity > 0), 0) as unrealized
  from accounts a
  join position_groups g on g.account_id = a.id and g.live
    and g.status in ('waiting', 'live', 'partially_filled', 'active', 'closing')
  left join quotes q on q.board = a.board and q.symbol = g.symbol
  left join lateral (
    select sum(realized_pnl_usd) as realized from daily_results d where d.account_id = a.id
  ) r on true
  group by a.id, r.realized
) seen
where settled is not null
on conflict do nothing
"""
_OLD: Final = """
delete from equity_points e where at < $1 and exists (
  select 1 from equity_points later where later.account_id = e.account_id
    and later.at > e.at and later.at < date_trunc('hour', e.at, 'UTC') + interval '1 hour'
)
"""


async def take_points(database: Database, now: datetime) -> None:
    """One point for each account that holds a slot now. Raises Unavailable."""
    async with connection(database) as pooled:
        await pooled.execute(_POINTS, now)


async def thin_out(database: Database, before: datetime) -> None:
    """Of each hour before this moment keep the last point. Raises Unavailable."""
    async with connection(database) as pooled:
        await pooled.execute(_OLD, before)
