"""Matching, pure: what an order gets at a price. Linear, 1x; the same for paper and backtest.

A limit that is marketable when it is placed gets the market's better price; one that rests is
filled at its own price by the first price at or beyond it. A market order pays slippage.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from engine.domain.instrument import Instrument
from engine.domain.words import OrderSide, OrderType
from foundation.money import ceil_to_step, floor_to_step, usd

_BASIS: Final = Decimal(10_000)
_ABOVE_ALL: Final = Decimal(10) ** 12
"""A level every price reaches from below."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The venue's manners. Fee and slippage in basis points (1/100 %).

    With ``fill_fraction`` (0 < f < 1) one price fills at most that share of an order's
    quantity, rounded up to the step; the rest waits for the next price. ``latency_ms`` is how
    long a request is on its way before the venue looks at it and at the price.
    """

    fee_bps: Decimal = Decimal(10)
    slippage_bps: Decimal = Decimal(2)
    fill_fraction: Decimal | None = None
    latency_ms: int = 0


@dataclass(frozen=True, slots=True)
class Working:
    """An order that may still execute: quantities in base, price in quote (None = market).

    A stop sleeps until the market reaches its ``trigger``, and is a market order from then on.
    """

    side: OrderSide
    order_type: OrderType
    quantity: Decimal
    filled: Decimal
    price: Decimal | None
    trigger: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """One fill: base quantity, price, fee in USD."""

    quantity: Decimal
    price: Decimal
    fee_usd: Decimal


def on_placing(
    order: Working, price: Decimal, instrument: Instrument, terms: Terms
) -> Execution | None:
    """What an order gets at the moment it arrives, or None when it rests."""
    if not reached(order, price):
        return None
    if order.order_type is not OrderType.LIMIT:
        return _execution(order, slipped(order.side, price, instrument, terms), instrument, terms)
    return _execution(order, price, instrument, terms)


def on_price(
    order: Working, price: Decimal, instrument: Instrument, terms: Terms
) -> Execution | None:
    """What a resting order gets from a price, or None when the price has not come to it."""
    if order.order_type is not OrderType.LIMIT or order.price is None:
        return on_placing(order, price, instrument, terms)
    if not reached(order, price):
        return None
    return _execution(order, order.price, instrument, terms)


def reached(order: Working, price: Decimal) -> bool:
    """Whether the price is at or beyond an order's level (a market order is always there)."""
    level, direction = waits_for(order)
    return price <= level if direction == "down" else price >= level


def waits_for(order: Working) -> tuple[Decimal, Literal["up", "down"]]:
    """The level at which an order executes, and from which side the market comes to it."""
    buys = order.side is OrderSide.BUY
    if order.order_type is OrderType.STOP and order.trigger is not None:
        return order.trigger, "up" if buys else "down"
    if order.order_type is OrderType.LIMIT and order.price is not None:
        return order.price, "down" if buys else "up"
    return (_ABOVE_ALL, "down") if buys else (Decimal(0), "up")


def slipped(side: OrderSide, price: Decimal, instrument: Instrument, terms: Terms) -> Decimal:
    """The price a market order pays: worse by the slippage, on the tick, never below one tick."""
    share = terms.slippage_bps / _BASIS
    if side is OrderSide.BUY:
        return ceil_to_step(price * (1 + share), instrument.tick)
    return max(floor_to_step(price * (1 - share), instrument.tick), instrument.tick)


def _execution(
    order: Working, price: Decimal, instrument: Instrument, terms: Terms
) -> Execution | None:
    quantity = order.quantity - order.filled
    if terms.fill_fraction is not None:
        quantity = min(
            quantity, ceil_to_step(order.quantity * terms.fill_fraction, instrument.step)
        )
    if quantity <= 0:
        return None
    fee = usd(quantity * price * terms.fee_bps / _BASIS)
    return Execution(quantity, price, fee)
