"""Orders at a venue: what we asked for, and what became of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from engine.domain.leg import ZERO
from engine.domain.record import record
from engine.domain.words import (
    WORKING,
    OrderPurpose,
    OrderSide,
    OrderStatus,
    OrderType,
    TimeInForce,
)


@record(frozen=True, slots=True)
class Allocation:
    """The part of a reducer that closes one lot, and how much of it has executed."""

    pyramid: int
    leg: int
    quantity: Decimal
    executed: Decimal = ZERO


@record(frozen=True, slots=True)
class Order:
    """One order, named by its client id.

    An entry names its leg; a reducer carries allocations, filled in their order.
    ``expected_filled`` is the venue's word on a cancelled order: fills up to it may still be
    on their way, and the order is not settled before they came.
    """

    id: str
    group_id: str
    purpose: OrderPurpose
    side: OrderSide
    order_type: OrderType
    quantity: Decimal
    price: Decimal | None
    created_at: datetime
    pyramid: int | None = None
    leg: int | None = None
    allocations: tuple[Allocation, ...] = ()
    status: OrderStatus = OrderStatus.PENDING
    filled_quantity: Decimal = ZERO
    cost_usd: Decimal = ZERO
    fee_usd: Decimal = ZERO
    expected_filled: Decimal | None = None
    cancel_requested: bool = False
    venue_order_id: str | None = None
    refusal: str | None = None
    closed_at: datetime | None = None
    trigger_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC

    @property
    def working(self) -> bool:
        """May still execute."""
        return self.status in WORKING

    @property
    def settled(self) -> bool:
        """Nothing more can come of it: final, and every fill the venue counted is booked."""
        return not self.working and self.filled_quantity >= (self.expected_filled or ZERO)

    @property
    def remaining(self) -> Decimal:
        """What may still execute, in base units; what is merely uncounted counts too."""
        if self.working:
            return self.quantity - self.filled_quantity
        return max((self.expected_filled or ZERO) - self.filled_quantity, ZERO)
