"""The exchange as it truly is: orders, matching, trades. Nothing here is ever lost or late."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from engine.domain.commands import PlaceOrder
from engine.domain.events import Fee
from engine.domain.instrument import Instrument
from engine.domain.words import OrderSide, OrderStatus, OrderType, TimeInForce
from engine.venues.paper.match import Execution, Terms, Working, on_placing, on_price
from engine.venues.port import Ended, Fill, OpenOrder, Report
from foundation.money import floor_to_step, usd

ZERO = Decimal(0)
WORKING = (OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED)


@dataclass(slots=True)
class VenueOrder:
    """One order at the exchange, whoever sent it and how often."""

    venue_id: str
    account_id: str
    order: PlaceOrder
    filled: Decimal = ZERO
    status: OrderStatus = OrderStatus.OPEN

    @property
    def left(self) -> Decimal:
        return self.order.quantity - self.filled

    @property
    def working(self) -> bool:
        return self.status in WORKING


@dataclass(slots=True)
class Exchange:
    """Accepts every order it is given, also twice: finding that out is the checkers' part."""

    rng: random.Random
    instruments: Mapping[str, Instrument]
    terms: Terms
    fee_in_base: bool
    report_delay: float
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    prices: dict[str, Decimal] = field(default_factory=dict)
    orders: list[VenueOrder] = field(default_factory=list)
    reports: dict[str, list[Report]] = field(default_factory=dict)
    reported_at: dict[str, list[float]] = field(default_factory=dict)
    positions: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    others: dict[str, list[OpenOrder]] = field(default_factory=dict)
    unforeseen: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    _by_client: dict[tuple[str, str], VenueOrder] = field(default_factory=dict)

    def accept(self, account_id: str, order: PlaceOrder) -> VenueOrder:
        """Take the order and match what is marketable at once."""
        name = (account_id, order.id)
        if name in self._by_client:
            self.faults.append(f"two venue orders for the one command {order.id}")
        placed = VenueOrder(f"v{len(self.orders) + 1}", account_id, order)
        self.orders.append(placed)
        self._by_client.setdefault(name, placed)
        self._match(placed, on_placing)
        if placed.working and order.time_in_force is TimeInForce.IOC:
            self.end(placed)
        return placed

    def known(self, account_id: str, order_id: str) -> VenueOrder | None:
        return self._by_client.get((account_id, order_id))

    def cancel(self, placed: VenueOrder) -> None:
        if placed.working:
            placed.status = OrderStatus.CANCELLED

    def fill(self, placed: VenueOrder) -> None:
        """Half of what is left of an order executes at its own price, or at the market's.

        Its sender is told that it was cancelled: nobody can foresee what that leads to.
        """
        order = placed.order
        step = self.instruments[order.symbol].step
        quantity = max(floor_to_step(placed.left / 2, step), step)
        price = order.price or self.prices[order.symbol]
        fee = usd(quantity * price * self.terms.fee_bps / Decimal(10_000))
        name = (placed.account_id, order.symbol)
        self.unforeseen[name] = self.unforeseen.get(name, ZERO) + quantity * price
        self._execute(placed, Execution(min(quantity, placed.left), price, fee))

    def end(self, placed: VenueOrder) -> None:
        """The exchange itself takes an order off."""
        self.cancel(placed)
        self._report(placed.account_id, Ended(placed.order.id, placed.filled))

    def by_hand(self, account_id: str, symbol: str) -> None:
        """A person places an order at the exchange itself, far from the market."""
        theirs = self.others.setdefault(account_id, [])
        name, price = f"w{len(theirs) + 1}", self.prices[symbol] / 10
        theirs.append(OpenOrder(None, name, symbol, OrderSide.BUY, Decimal(1), ZERO, price))

    def visible(self, account_id: str, now: float) -> list[Report]:
        """What the exchange tells by now: it is slow with its own news in some worlds."""
        shown = bisect_right(self.reported_at.get(account_id, []), now - self.report_delay)
        return self.reports.get(account_id, [])[:shown]

    def trade(self, symbol: str, price: Decimal) -> None:
        """The market trades at ``price``; resting orders it reaches execute."""
        self.prices[symbol] = price
        for placed in self.orders:
            if placed.working and placed.order.symbol == symbol:
                self._match(placed, on_price)

    def _match(self, placed: VenueOrder, how: Callable[..., Execution | None]) -> None:
        order = placed.order
        stop = order.order_type is OrderType.STOP
        execution = how(
            Working(
                order.side,
                # a stop that has begun to fill goes on as a market order
                OrderType.MARKET if stop and placed.filled else order.order_type,
                order.quantity,
                placed.filled,
                order.price,
                order.trigger_price,
            ),
            self.prices[order.symbol],
            self.instruments[order.symbol],
            self.terms,
        )
        if execution is not None:
            self._execute(placed, execution)

    def _execute(self, placed: VenueOrder, execution: Execution) -> None:
        order = placed.order
        placed.filled += execution.quantity
        placed.status = OrderStatus.FILLED if placed.left == 0 else OrderStatus.PARTIALLY_FILLED
        fee = self._fee_in_base(order, execution)
        sign = 1 if order.side is OrderSide.BUY else -1
        name = (placed.account_id, order.symbol)
        before = self.positions.get(name, ZERO)
        after = before + sign * execution.quantity - fee
        # Dust a closed group left behind is netted here and is no exposure of its own.
        worth = abs(after) * execution.price
        dust = worth < self.instruments[order.symbol].min_notional
        if order.reduce_only and abs(after) > abs(before) and not (dust or name in self.unforeseen):
            self.faults.append(f"the reducer {order.id} opened exposure")
        self.positions[name] = after
        number = len(self.reports.get(placed.account_id, ())) + 1
        self._report(
            placed.account_id,
            Fill(
                order_id=order.id,
                trade_id=f"{placed.account_id}-{number}",
                quantity=execution.quantity,
                price=execution.price,
                fee_usd=execution.fee_usd,
                fee_in_base=fee,
                venue_time=self.now(),
                fee=Fee(execution.fee_usd, "USDT", Decimal(1)),
            ),
        )

    def _fee_in_base(self, order: PlaceOrder, execution: Execution) -> Decimal:
        if not self.fee_in_base or order.side is not OrderSide.BUY or order.reduce_only:
            return ZERO
        return execution.quantity * self.terms.fee_bps / Decimal(10_000)

    def _report(self, account_id: str, report: Report) -> None:
        self.reports.setdefault(account_id, []).append(report)
        self.reported_at.setdefault(account_id, []).append(self.monotonic())
