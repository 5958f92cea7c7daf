"""A venue as the actors see it: paper and every exchange keep these promises.

Each call has a typed outcome. An adapter says ``Refused`` or ``Absent`` only when it knows; a
time-out, a 5xx, a lost connection or an answer it cannot read is ``OutcomeUnknown``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.instrument import Instrument
from engine.domain.words import OrderStatus


@dataclass(frozen=True, slots=True)
class Accepted:
    """The order is at the venue; it may have executed already."""

    venue_order_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A certain no. Not ``final``: the same wish may pass ``retry_after`` seconds later."""

    code: str
    text: str
    final: bool = True
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """Nobody knows whether it happened; ``reason`` is for the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The order works no more, since now or since earlier.

    ``filled_quantity`` is the final count in base units; fills up to it may still be on their
    way through ``fills``.
    """

    filled_quantity: Decimal


@dataclass(frozen=True, slots=True)
class Found:
    """The venue knows the order. ``filled`` is its count so far, in base units."""

    status: OrderStatus
    venue_order_id: str
    filled: Decimal


@dataclass(frozen=True, slots=True)
class Absent:
    """Open orders, closed orders and trades agree: the order is not there."""


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution. ``trade_id`` is unique at the venue; ``order_id`` is our client order id.

    ``fee_usd`` is the fee converted once, whatever it was taken in; ``fee_in_base`` is the part
    of it that was taken out of what we bought, in base units.
    """

    order_id: str
    trade_id: str
    quantity: Decimal
    price: Decimal
    fee_usd: Decimal
    fee_in_base: Decimal
    venue_time: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The venue itself took an order off; ``filled_quantity`` is its final count."""

    order_id: str
    filled_quantity: Decimal


Report = Fill | Ended


class Venue(Protocol):
    """One place where orders go; ``account_id`` chooses whose credentials are used."""

    @property
    def name(self) -> str:
        """The word for it in ids and settings: ``paper``, ``binance`` …"""
        ...

    async def instruments(self) -> Mapping[str, Instrument]:
        """Rules of everything tradable, by symbol. Raises Unavailable."""
        ...

    async def place(
        self, account_id: str, order: PlaceOrder, claimed_at: datetime
    ) -> Accepted | Refused | OutcomeUnknown:
        """Send one order, once; never repeat inside.

        The request must not take effect later than ``limits.ORDER_VALIDITY_S`` after
        ``claimed_at`` by the venue's clock; a request that lands later is dropped there.
        """
        ...

    async def cancel(
        self, account_id: str, command: CancelOrder
    ) -> Cancelled | Refused | OutcomeUnknown:
        """Take an order off; safe to repeat.

        An order that was filled or cancelled before is ``Cancelled`` with its count; one the
        venue never heard of is ``Refused`` with code ``unknown_order``.
        """
        ...

    async def find(
        self, account_id: str, order_id: str, symbol: str
    ) -> Found | Absent | OutcomeUnknown:
        """Ask after an order by its client id; finished ones are found too."""
        ...

    async def fills(self, account_id: str, cursor: str) -> tuple[tuple[Report, ...], str]:
        """What happened after ``cursor`` ("" = from the start), oldest first, and the new cursor.

        A bounded page; the cursor is the venue's own word. Reports may come again, never get
        lost. Raises Unavailable.
        """
        ...
