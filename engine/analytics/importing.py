"""Histories from elsewhere put beside our own trades; the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.analytics.reading import PastTrade
from engine.domain.ids import derived_id
from engine.store import bulk, registry
from engine.store.faults import transaction
from foundation.db import Database
from foundation.money import money_context

_WRITE: Final = """
insert into trades (id, account_id, symbol, timeframe, side, opened_at, closed_at, pyramid_count,
  quantity, entry_price, exit_price, cost_usd, proceeds_usd, fees_usd, realized_pnl_usd,
  exit_reason, source, strategy, strategy_version, entries, exits, imported)
select id, $1, symbol, timeframe, side, opened_at, closed_at, 1, quantity, entry_price, exit_price,
  cost_usd, proceeds_usd, fees_usd, realized_pnl_usd, exit_reason, source, strategy, '', '[]', '[]',
  true
from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::timestamptz[], $7::timestamptz[],
  $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[],
  $14::numeric[], $15::text[], $16::text[], $17::text[])
  as u(id, symbol, timeframe, side, opened_at, closed_at, quantity, entry_price, exit_price,
    cost_usd, proceeds_usd, fees_usd, realized_pnl_usd, exit_reason, source, strategy)
on conflict (id) do nothing
"""
_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Imported:
    """How many trades a file held, and how many of them were new."""

    read: int
    written: int


async def import_trades(
    database: Database, account_id: str, trades: Sequence[PastTrade]
) -> Imported:
    """Write all of them or none. Raises NotFound (the account), Unavailable."""
    await registry.owner(database, account_id)
    written = 0
    async with transaction(database) as pooled:
        for begin in range(0, len(trades), _BATCH):
            rows = [_row(account_id, trade) for trade in trades[begin : begin + _BATCH]]
            status = await pooled.execute(_WRITE, account_id, *bulk.arrays(rows))
            written += int(status.rpartition(" ")[2])
    return Imported(len(trades), written)


def _row(account_id: str, trade: PastTrade) -> bulk.Row:
    with money_context():
        cost, proceeds = trade.entry_price * trade.quantity, trade.exit_price * trade.quantity
    return (
        derived_id("import", account_id, trade.key),
        trade.symbol,
        trade.timeframe,
        trade.side,
        trade.opened_at,
        trade.closed_at,
        trade.quantity,
        trade.entry_price,
        trade.exit_price,
        cost,
        proceeds,
        trade.fees_usd,
        trade.realized_pnl_usd,
        trade.exit_reason,
        trade.source,
        trade.strategy,
    )
