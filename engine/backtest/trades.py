"""A closed group as a trade: what went in, what came out, how long it took and why it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from engine.domain.group import Group
from engine.domain.orders import Order
from engine.domain.words import Side

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Trade:
    """Prices are averages per unit of base, money is USD; ``pnl_usd`` has all fees taken off.

    ``entry`` and ``exit`` are None for a group that closed without any fill.
    """

    symbol: str
    side: Side
    timeframe: int
    opened_at: datetime
    closed_at: datetime
    entry: Decimal | None
    exit: Decimal | None
    quantity: Decimal
    pyramids: int
    legs_filled: int
    legs_total: int
    pnl_usd: Decimal
    fees_usd: Decimal
    reason: str

    @property
    def duration(self) -> timedelta:
        return self.closed_at - self.opened_at


def trade_of(group: Group) -> Trade:
    """The trade a closed group was."""
    legs = [leg for _, leg in group.legs]
    return Trade(
        symbol=group.symbol,
        side=group.side,
        timeframe=group.timeframe,
        opened_at=group.created_at,
        closed_at=group.closed_at or group.updated_at,
        entry=_average(group.entry_orders),
        exit=_average(group.reducers),
        quantity=group.filled_quantity,
        pyramids=len(group.pyramids),
        legs_filled=sum(1 for leg in legs if leg.filled_quantity > 0),
        legs_total=len(legs),
        pnl_usd=group.realized_pnl_usd,
        fees_usd=group.fees_usd,
        reason=group.exit_reason.value if group.exit_reason else "unknown",
    )


def _average(orders: Iterable[Order]) -> Decimal | None:
    cost = quantity = ZERO
    for order in orders:
        cost += order.cost_usd
        quantity += order.filled_quantity
    return cost / quantity if quantity else None
