"""A venue in memory: the paper venue's matching, without tables, latency or surprises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from engine.domain.commands import PlaceOrder
from engine.domain.events import OrderAccepted, OrderCancelled, OrderFilled, OrderRefused
from engine.domain.instrument import Instrument
from engine.domain.words import OrderType, TimeInForce
from engine.market.index import ThresholdIndex
from engine.venues.paper.match import Execution, Terms, Working, on_placing, on_price, waits_for
from engine.venues.paper.rules import fee_of, refusal

OWNER: Final = "paper:"

Answer = OrderAccepted | OrderRefused | OrderFilled | OrderCancelled


class Exchange:
    """Orders of one account. Every call answers with facts, in the order they happened."""

    def __init__(
        self, instruments: Mapping[str, Instrument], terms: Terms, index: ThresholdIndex
    ) -> None:
        self._instruments = instruments
        self._terms = terms
        self._index = index
        self._orders: dict[str, tuple[str, Working]] = {}
        self._open: set[str] = set()
        self._trades = 0

    def place(self, order: PlaceOrder, price: Decimal, at: datetime) -> Iterator[Answer]:
        """Take an order at a market price: accepted and perhaps filled, or refused."""
        instrument = self._instruments[order.symbol]
        level = order.price or order.trigger_price
        judged = price - price % instrument.tick if level is None else level
        fault = refusal(instrument, order.quantity, judged, order.reduce_only)
        if fault is not None:
            yield OrderRefused(order.id, *fault)
            return
        working = Working(
            order.side,
            order.order_type,
            order.quantity,
            Decimal(0),
            order.price,
            order.trigger_price,
        )
        self._orders[order.id] = (order.symbol, working)
        self._open.add(order.id)
        yield OrderAccepted(order.id, str(len(self._orders)))
        done = on_placing(working, price, instrument, self._terms)
        if done is not None:
            yield self._executed(order.id, done, at)
        if order.time_in_force is TimeInForce.IOC and order.id in self._open:
            yield self.cancel(order.id)
        self._arm(order.id)

    def cancel(self, order_id: str) -> Answer:
        """Take an order off; the count tells what had filled."""
        self._open.discard(order_id)
        self._index.disarm(OWNER, order_id)
        return OrderCancelled(order_id, self._orders[order_id][1].filled)

    def reached(self, order_id: str, price: Decimal, at: datetime) -> Iterator[Answer]:
        """A price came to a resting order."""
        if order_id not in self._open:
            return
        symbol, working = self._orders[order_id]
        done = on_price(working, price, self._instruments[symbol], self._terms)
        if done is not None:
            yield self._executed(order_id, done, at)
        self._arm(order_id)

    def _executed(self, order_id: str, done: Execution, at: datetime) -> OrderFilled:
        symbol, working = self._orders[order_id]
        working = replace(working, filled=working.filled + done.quantity)
        if working.order_type is OrderType.STOP:
            working = replace(working, order_type=OrderType.MARKET)
        self._orders[order_id] = (symbol, working)
        if working.filled == working.quantity:
            self._open.discard(order_id)
        self._trades += 1
        return OrderFilled(
            order_id=order_id,
            trade_id=str(self._trades),
            quantity=done.quantity,
            price=done.price,
            fee_usd=done.fee_usd,
            fee_in_base=Decimal(0),
            venue_time=at,
            fee=fee_of(symbol, done.fee_usd),
        )

    def _arm(self, order_id: str) -> None:
        if order_id not in self._open:
            return
        symbol, working = self._orders[order_id]
        level, direction = waits_for(working)
        self._index.arm(OWNER, order_id, symbol, direction, level, 0)
