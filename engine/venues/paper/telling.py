"""What the paper venue tells of its books, in the words of every venue."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.domain.words import OrderStatus
from engine.venues.paper.books import Booked
from engine.venues.paper.rules import fee_of
from engine.venues.port import Ended, Fill, OpenOrder, Report


def status_of(order: Booked) -> OrderStatus:
    """How the order stands, in the engine's words."""
    if order.status == "open" and order.working.filled:
        return OrderStatus.PARTIALLY_FILLED
    return OrderStatus(order.status)


def open_order_of(order: Booked) -> OpenOrder:
    """An order that waits."""
    working = order.working
    return OpenOrder(
        order_id=order.client_id,
        venue_order_id=str(order.id),
        symbol=order.symbol,
        side=working.side,
        quantity=working.quantity,
        filled=working.filled,
        price=working.price,
    )


def report_of(row: Any) -> Report:
    """A row of `books.fills`: an execution, or the end of an order."""
    if row["ended"]:
        return Ended(row["client_id"], row["filled"])
    return Fill(
        order_id=row["client_id"],
        trade_id=str(row["id"]),
        quantity=row["quantity"],
        price=row["price"],
        fee_usd=row["fee_usd"],
        fee_in_base=Decimal(0),
        venue_time=row["at"],
        fee=fee_of(row["symbol"], row["fee_usd"]),
    )
