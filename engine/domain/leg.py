"""A DCA leg: one order of a pyramid's ladder, and the lot its fills make."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from engine.domain.record import record
from engine.domain.words import OrderStatus, OrderType

ZERO = Decimal(0)


@record(frozen=True, slots=True)
class LegPlan:
    """A leg as the ladder draws it: before any order exists. Money in USD."""

    index: int
    order_type: OrderType
    price: Decimal
    quantity: Decimal
    gap_percent: Decimal
    weight_percent: Decimal
    tp_percent: Decimal
    capital_usd: Decimal


@record(frozen=True, slots=True)
class Leg:
    """One leg and its lot.

    ``received`` is what the fills left us after fees taken in the asset; ``closed`` of it has
    been sold again. ``cost_usd`` is what those units cost; ``closed_cost_usd`` is the part of it
    already matched with exits, so open cost is the difference. ``tp_price`` stands from the
    first fill on and is derived from the average actually paid. ``armed_seq`` is the event
    that last moved it.
    """

    index: int
    order_type: OrderType
    price: Decimal
    quantity: Decimal
    gap_percent: Decimal
    weight_percent: Decimal
    tp_percent: Decimal
    capital_usd: Decimal
    status: OrderStatus = OrderStatus.PENDING
    order_id: str | None = None
    retry_at: datetime | None = None
    filled_quantity: Decimal = ZERO
    received: Decimal = ZERO
    cost_usd: Decimal = ZERO
    fee_usd: Decimal = ZERO
    closed: Decimal = ZERO
    closed_cost_usd: Decimal = ZERO
    proceeds_usd: Decimal = ZERO
    realized_pnl_usd: Decimal = ZERO
    tp_price: Decimal | None = None
    tp_hit: bool = False
    tp_order_id: str | None = None
    tp_executed_at: datetime | None = None
    armed_seq: int = 0
    submitted_at: datetime | None = None
    filled_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def open_quantity(self) -> Decimal:
        """What of this lot is still held, in base units."""
        return self.received - self.closed

    @property
    def open_cost_usd(self) -> Decimal:
        return self.cost_usd - self.closed_cost_usd

    @property
    def avg_fill_price(self) -> Decimal | None:
        """Average price actually paid, or None before the first fill."""
        return self.cost_usd / self.received if self.received else None
