"""Window of results: trades of the past, their roll-ups, equity over time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from asyncpg import Record

from engine.api.paging import decode_cursor, encode_cursor, page_size
from engine.api.trade_views import (
    EquityPoint,
    Execution,
    PeriodView,
    TradeDetail,
    TradeOrder,
    TradeResult,
    TradeView,
)
from engine.api.views import Page
from engine.store import history, registry
from engine.store.history import TradeFilter
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput, NotFound
from foundation.money import money_context, usd

Unit = Literal["day", "week", "month"]
_SIGNS: Final[dict[TradeResult, int]] = {"won": 1, "even": 0, "lost": -1}
_RESULTS: Final[dict[int, TradeResult]] = {sign: result for result, sign in _SIGNS.items()}
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class TradeQuery:
    """Which trades; None is any. ``since`` is included, ``until`` is not (by closing time)."""

    account_id: str | None = None
    symbol: str | None = None
    timeframe: int | None = None
    side: str | None = None
    status: TradeResult | None = None
    source: str | None = None
    exit_reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Trades:
    """Results of people's accounts; somebody else's account or trade is not found."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(
        self, user_id: str, query: TradeQuery, limit: int | None = None, cursor: str | None = None
    ) -> Page[TradeView]:
        """Trades, last closed first. Raises NotFound (the account), InvalidInput (the cursor)."""
        wanted = await self._wanted(user_id, query)
        size = page_size(limit)
        after = decode_cursor(cursor)
        records = await history.trades(self._database, user_id, wanted, after, size + 1)
        items = tuple(trade_view(record) for record in records[:size])
        more = len(records) > size
        return Page(items, encode_cursor(items[-1].closed_at, items[-1].id) if more else None)

    async def get(self, user_id: str, trade_id: str) -> TradeDetail:
        """One trade with its orders and executions. Raises NotFound."""
        record = await history.trade(self._database, user_id, trade_id)
        if record is None:
            raise NotFound("There is no such trade.")
        entries, exits = _orders(record["entries"]), _orders(record["exits"])
        ids = [order.order_id for order in (*entries, *exits)]
        told = await history.executions(self._database, ids) if ids else []
        executions = tuple(Execution(*row) for row in told)
        return TradeDetail(trade_view(record), entries, exits, executions)

    async def periods(self, user_id: str, query: TradeQuery, unit: Unit) -> tuple[PeriodView, ...]:
        """Sums by day, week or month, latest first, the last few hundred. Raises NotFound."""
        wanted = await self._wanted(user_id, query)
        found = await history.periods(self._database, user_id, wanted, unit, limits.PERIODS_MAX)
        return tuple(PeriodView(**record) for record in found)

    async def equity(self, user_id: str, account_id: str, days: int) -> tuple[EquityPoint, ...]:
        """Equity of the last ``days`` days, oldest first, a few hundred points at most.

        Raises NotFound, InvalidInput.
        """
        if not 1 <= days <= limits.PROFIT_DAYS_MAX:
            text = f"Ask for 1 to {limits.PROFIT_DAYS_MAX} days."
            raise InvalidInput(text, field="days")
        await registry.owned(self._database, user_id, account_id)
        now = self._clock.now()
        since = now - timedelta(days=days)
        found = await history.equity(
            self._database, account_id, since, now, limits.EQUITY_POINTS_MAX
        )
        return tuple(EquityPoint(**record) for record in found)

    async def _wanted(self, user_id: str, query: TradeQuery) -> TradeFilter:
        if query.account_id is not None:
            await registry.owned(self._database, user_id, query.account_id)
        return TradeFilter(
            account_id=query.account_id,
            symbol=query.symbol,
            timeframe=query.timeframe,
            side=query.side,
            source=query.source,
            exit_reason=query.exit_reason,
            sign=_SIGNS[query.status] if query.status else None,
            since=query.since,
            until=query.until,
        )


def trade_view(record: Record) -> TradeView:
    """A row of `engine.store.history` as people see it."""
    values = {name: value for name, value in record.items() if name not in ("entries", "exits")}
    pnl, cost = record["realized_pnl_usd"], record["cost_usd"]
    with money_context():
        percent = usd(pnl / cost * _HUNDRED)
    return TradeView(
        **values,
        status=_RESULTS[(pnl > 0) - (pnl < 0)],
        duration_seconds=int((record["closed_at"] - record["opened_at"]).total_seconds()),
        realized_pnl_percent=percent,
    )


def _orders(text: str) -> tuple[TradeOrder, ...]:
    return tuple(
        TradeOrder(
            order_id=one["order_id"],
            venue_order_id=one["venue_order_id"],
            purpose=one["purpose"],
            at=datetime.fromisoformat(one["at"]),
            price=Decimal(one["price"]),
            quantity=Decimal(one["quantity"]),
            fee_usd=Decimal(one["fee_usd"]),
        )
        for one in json.loads(text)
    )
