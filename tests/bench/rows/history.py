"""A year's history asked for: pages of trades, sums by period, the equity curve.

50,000 trades and a point of equity for every tenth minute of a year lie in one account; each
question is asked with and without a filter. Baseline: the newest row alone by its key.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from engine.api.trades import TradeQuery, Trades
from engine.domain.account import Account
from foundation.clock import WallClock
from foundation.db import Database
from tests.bench.seed import settings, store_accounts
from tests.bench.table import Row, percentile
from tests.bench.world import World

_TRADES = 50_000
_ASKED = 20
_YEAR_M = 365 * 24 * 60
_PLANT: Final = """
insert into trades (id, account_id, symbol, timeframe, side, opened_at, closed_at, pyramid_count,
  quantity, entry_price, exit_price, cost_usd, proceeds_usd, fees_usd, realized_pnl_usd,
  exit_reason, source, strategy, strategy_version, entries, exits)
select 'trade' || n, $1, 'S' || n % 50 || '/USDT', 15, 'long', at - interval '1 hour', at, 1,
  1, 100, 101, 100, 101, 0.1, n % 7 - 2.5, 'target', 'tradingview', 'grid', '1', '[]', '[]'
from generate_series(0, $2::int - 1) n
cross join lateral (select $3::timestamptz - n * interval '1 year' / $2::int as at) t
"""
_EQUITY: Final = """
insert into equity_points
select $1, $2::timestamptz - n * interval '1 minute', 10000 + n % 97, 0, n % 97, 3
from generate_series(0, $3::int, 10) n
"""


async def run(world: World) -> Sequence[Row]:
    async with world.database() as database:
        world.say("history: planting a year")
        user = await store_accounts(database, [Account("account", "paper", settings())])
        now = WallClock().now()
        await database.pool.execute(_PLANT, "account", _TRADES, now)
        await database.pool.execute(_EQUITY, "account", now, _YEAR_M)
        await database.pool.execute("analyze")
        window = Trades(database, WallClock())
        world.say("history: asking")
        asked: dict[str, Callable[[], Awaitable[object]]] = {
            "a page of trades": lambda: window.list(user, TradeQuery("account"), 50),
            "a page of one symbol's losses": lambda: window.list(
                user, TradeQuery("account", symbol="S7/USDT", status="lost"), 50
            ),
            "daily sums": lambda: window.periods(user, TradeQuery("account"), "day"),
            "monthly sums": lambda: window.periods(user, TradeQuery("account"), "month"),
            "the equity curve": lambda: window.equity(user, "account", 365),
        }
        floor = await _timed(lambda: _newest(database))
        return [
            Row(
                "history", f"a year of 50,000 trades: {what}, p95", await _timed(ask), "ms", 100,
                baseline=floor, baseline_is="one row by its key",
            )
            for what, ask in asked.items()
        ]  # fmt: skip


async def _newest(database: Database) -> object:
    return await database.pool.fetchrow("select * from trades where id = 'trade0'")


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds that all but the slowest twentieth stay below."""
    took = []
    for _ in range(_ASKED):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
    return percentile(took, 0.95)
