"""A position group: one position, its pyramids, ladders and orders; it takes one pool slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal

from engine.domain.leg import ZERO, Leg
from engine.domain.orders import Order
from engine.domain.record import record
from engine.domain.rules import NO_MARKS, NO_RULES, NO_STOP, GroupRules, RiskMarks, Stop
from engine.domain.words import (
    SLOT_HOLDERS,
    ExitReason,
    GroupStatus,
    OrderPurpose,
    PyramidStatus,
    Side,
    TakeProfitMode,
)


@record(frozen=True, slots=True)
class Pyramid:
    """One entry into a group; index 0 is the first. ``legs`` is its ladder as it was drawn.

    ``tp_price`` is its own target when pyramids close by themselves (``pyramid_aggregate``).
    """

    index: int
    entry_price: Decimal
    entry_at: datetime
    signal_id: str
    status: PyramidStatus
    legs: tuple[Leg, ...]
    size_factor: Decimal = Decimal(1)
    tp_price: Decimal | None = None
    tp_hit: bool = False
    armed_seq: int = 0


@record(frozen=True, slots=True)
class Group:
    """One position: account + symbol + timeframe + side. ``timeframe`` in minutes.

    ``reduce_quantity`` is what a reduce still wants closed pro rata and has no order for;
    ``reduce_reason`` says who wanted it. ``tp_price`` is the aggregate target (None leg by leg)
    and ``armed_seq`` the event that last moved it.
    """

    id: str
    symbol: str
    timeframe: int
    side: Side
    status: GroupStatus
    tp_mode: TakeProfitMode
    tp_aggregate_percent: Decimal
    max_pyramids: int
    settings_version: int
    source: str
    created_at: datetime
    updated_at: datetime
    pyramids: tuple[Pyramid, ...] = ()
    orders: Mapping[str, Order] = field(default_factory=dict)
    strategy: str = ""
    strategy_version: str = ""
    reduce_quantity: Decimal = ZERO
    reduce_reason: ExitReason | None = None
    tp_price: Decimal | None = None
    replacement_count: int = 0
    tp_hit: bool = False
    armed_seq: int = 0
    exit_reason: ExitReason | None = None
    exit_retry_at: datetime | None = None
    exit_attempts: int = 0
    no_more_entries: bool = False
    closed_at: datetime | None = None
    rules: GroupRules = NO_RULES
    stop: Stop = NO_STOP
    risk: RiskMarks = NO_MARKS

    @property
    def legs(self) -> Iterator[tuple[Pyramid, Leg]]:
        """Every leg with its pyramid, in ladder order."""
        return ((pyramid, leg) for pyramid in self.pyramids for leg in pyramid.legs)

    @property
    def holds_slot(self) -> bool:
        return self.status in SLOT_HOLDERS

    @property
    def open_quantity(self) -> Decimal:
        """Position held, in base units, never negative for a healthy group."""
        return sum((leg.open_quantity for _, leg in self.legs), ZERO)

    @property
    def invested_usd(self) -> Decimal:
        """Cost of the open lots."""
        return sum((leg.open_cost_usd for _, leg in self.legs), ZERO)

    @property
    def filled_quantity(self) -> Decimal:
        return sum((leg.filled_quantity for _, leg in self.legs), ZERO)

    @property
    def closed_quantity(self) -> Decimal:
        return sum((leg.closed for _, leg in self.legs), ZERO)

    @property
    def is_trade(self) -> bool:
        """Whether it is over and ever held anything: then it stands in the books as a trade."""
        legs = [leg for _, leg in self.legs]
        held = sum((leg.received for leg in legs), ZERO) > 0
        paid = sum((leg.cost_usd for leg in legs), ZERO) > 0
        return self.status is GroupStatus.CLOSED and held and paid

    @property
    def realized_pnl_usd(self) -> Decimal:
        """Gains minus all fees, entry fees included."""
        return sum((leg.realized_pnl_usd for _, leg in self.legs), ZERO)

    @property
    def fees_usd(self) -> Decimal:
        return sum((order.fee_usd for order in self.orders.values()), ZERO)

    @property
    def average_entry(self) -> Decimal | None:
        """Weighted average price of the open lots, or None when flat."""
        quantity = self.open_quantity
        return self.invested_usd / quantity if quantity > 0 else None

    @property
    def entry_orders(self) -> Iterator[Order]:
        return (o for o in self.orders.values() if o.purpose is OrderPurpose.ENTRY)

    @property
    def reducers(self) -> Iterator[Order]:
        return (o for o in self.orders.values() if o.purpose is not OrderPurpose.ENTRY)
