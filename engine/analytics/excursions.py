"""How far the market went against a trade and for it, from the bars of its time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from engine.store.faults import connection
from foundation import limits
from foundation.db import Database

#: Bars that overlap the trade count whole: a minute is the finest that is known.
_MEASURE: Final = """
with wanted as (
  select t.id, a.board, t.symbol, t.side, t.opened_at, t.closed_at, t.entry_price
  from trades t join accounts a on a.id = t.account_id
  where t.measured_at is null and t.closed_at <= $2 order by t.closed_at limit $3
), seen as (
  select s.id, s.side, s.entry_price, b.low, b.high from wanted s
  left join lateral (
    select min(low) as low, max(high) as high from candles c
    where c.board = s.board and c.symbol = s.symbol and c.minutes in (1, 60)
      and c.at > s.opened_at - make_interval(mins => c.minutes) and c.at <= s.closed_at
  ) b on true
)
update trades t set measured_at = $1,
  mae_percent = case when low is not null then round(s.against / s.entry_price * 100, 8) end,
  mfe_percent = case when low is not null then round(s.along / s.entry_price * 100, 8) end
from (
  select id, low, entry_price,
    greatest(case side when 'long' then entry_price - low else high - entry_price end, 0)
      as against,
    greatest(case side when 'long' then high - entry_price else entry_price - low end, 0)
      as along
  from seen
) s where t.id = s.id
"""


async def measure(database: Database, now: datetime) -> int:
    """Measure trades whose last bar is written; returns how many. Raises Unavailable."""
    done = now - timedelta(seconds=limits.EXCURSION_DELAY_S)
    async with connection(database) as pooled:
        status = await pooled.execute(_MEASURE, now, done, limits.EXCURSIONS_PER_TURN)
    return int(status.rpartition(" ")[2])
