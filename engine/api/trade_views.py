"""Shapes of results: trades, sums by period, equity points, actions of the risk engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

TradeResult = Literal["won", "lost", "even"]


@dataclass(frozen=True, slots=True)
class TradeView:
    """One closed position. Prices in quote currency, times UTC, ``timeframe`` in minutes.

    ``mae_percent``/``mfe_percent``: how far the market went against and for it, in % of the entry
    price; None until measured and where no bars are kept.
    """

    id: str
    account_id: str
    venue: str
    symbol: str
    timeframe: int
    side: str
    status: TradeResult
    opened_at: datetime
    closed_at: datetime
    duration_seconds: int
    pyramid_count: int
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal | None
    cost_usd: Decimal
    fees_usd: Decimal
    realized_pnl_usd: Decimal
    realized_pnl_percent: Decimal
    exit_reason: str | None
    source: str
    strategy: str
    strategy_version: str
    mae_percent: Decimal | None
    mfe_percent: Decimal | None
    imported: bool


@dataclass(frozen=True, slots=True)
class TradeOrder:
    """An order of a trade: its average price, what executed, and its ids here and there."""

    order_id: str
    venue_order_id: str | None
    purpose: str
    at: datetime
    price: Decimal
    quantity: Decimal
    fee_usd: Decimal


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution, by the venue's id of it."""

    order_id: str
    trade_id: str
    quantity: Decimal
    price: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class TradeDetail:
    """A trade with its orders and executions."""

    trade: TradeView
    entries: tuple[TradeOrder, ...]
    exits: tuple[TradeOrder, ...]
    executions: tuple[Execution, ...]


@dataclass(frozen=True, slots=True)
class PeriodView:
    """Sums of a day, a week (from Monday) or a month, UTC; one without trades is left out."""

    begins: datetime
    trades: int
    wins: int
    losses: int
    realized_pnl_usd: Decimal
    fees_usd: Decimal
    cost_usd: Decimal
    best_pnl_usd: Decimal
    worst_pnl_usd: Decimal


@dataclass(frozen=True, slots=True)
class EquityPoint:
    at: datetime
    equity_usd: Decimal
    realized_usd: Decimal
    unrealized_usd: Decimal
    open_groups: int
