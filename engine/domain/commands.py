"""Commands: what leaves the house. Everything else is state or a notice."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from engine.domain.record import record
from engine.domain.words import MarginMode, OrderSide, OrderType, TimeInForce


@record(frozen=True, slots=True)
class PlaceOrder:
    """Send one order, once, before ``valid_until``. ``id`` is its client order id.

    ``priority`` 0 reduces risk and goes first; 1 opens. Quantity in base, price in quote.
    A ``stop`` carries ``trigger_price`` and no price; an ``ioc`` limit fills at once or not.
    """

    id: str
    group_id: str
    symbol: str
    side: OrderSide
    order_type: OrderType
    quantity: Decimal
    price: Decimal | None
    reduce_only: bool
    priority: Literal[0, 1]
    valid_until: datetime | None
    trigger_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    leverage: int = 1
    margin_mode: MarginMode = "isolated"
    kind: Literal["place_order"] = "place_order"


@record(frozen=True, slots=True)
class CancelOrder:
    """Cancel the order with client id ``order_id``; a withdrawn unsent one counts as cancelled."""

    id: str
    group_id: str
    symbol: str
    order_id: str
    kind: Literal["cancel_order"] = "cancel_order"


Command = PlaceOrder | CancelOrder
