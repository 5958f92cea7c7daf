"""A venue as the actors see it: paper and every exchange keep these promises.

Each call has a typed outcome. An adapter says ``Refused`` or ``Absent`` only when it knows; a
time-out, a 5xx, a lost connection or an answer it cannot read is ``OutcomeUnknown``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import Fee
from engine.domain.ids import ID_LENGTH
from engine.domain.instrument import Instrument
from engine.domain.words import OrderSide, OrderStatus

_OURS: Final = re.compile(rf"[a-z2-7]{{{ID_LENGTH}}}")


def is_ours(client_id: str) -> bool:
    """Whether a client order id has the form of ours; by hand nobody makes such an id."""
    return _OURS.fullmatch(client_id) is not None


class RefusalCode(StrEnum):
    """Why a venue says no, whatever words it has for it."""

    AUTHENTICATION_FAILED = "authentication_failed"
    PERMISSION_DENIED = "permission_denied"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    INVALID_ORDER = "invalid_order"
    RATE_LIMITED = "rate_limited"
    SYMBOL_NOT_TRADABLE = "symbol_not_tradable"
    CLOCK_SKEW = "clock_skew"
    WOULD_NOT_REDUCE = "would_not_reduce"
    UNKNOWN_ORDER = "unknown_order"
    DUPLICATE_ORDER_ID = "duplicate_order_id"
    TOO_LATE = "too_late"
    NO_PRICE = "no_price"
    REJECTED = "rejected"


CREDENTIAL_CODES: Final = frozenset(
    {RefusalCode.AUTHENTICATION_FAILED, RefusalCode.PERMISSION_DENIED}
)
"""Nothing works for this account before it has other keys."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The order is at the venue; it may have executed already.

    ``margin_kept`` says why its margin mode is not the wanted one; told once, else "".
    """

    venue_order_id: str
    margin_kept: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A certain no; ``code`` is one of `RefusalCode`.

    Not ``final``: the same wish may pass ``retry_after`` seconds later.
    """

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

    ``fee_usd`` is the ``fee`` converted once, whatever it was taken in; ``fee_in_base`` is the part
    of it that was taken out of what we bought, in base units. Not ``fee_converted``: there was
    no rate for the fee's currency, ``fee_usd`` is 0 and a `FeePriced` follows when there is one.
    """

    order_id: str
    trade_id: str
    quantity: Decimal
    price: Decimal
    fee_usd: Decimal
    fee_in_base: Decimal
    venue_time: datetime
    fee: Fee
    fee_converted: bool = True


@dataclass(frozen=True, slots=True)
class FeePriced:
    """What the fee of an earlier fill was worth, in USD, and the rate it was converted at."""

    order_id: str
    trade_id: str
    fee_usd: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class FundingTaken:
    """One funding payment of a perpetual, in USD; negative when we paid. ``id`` is the venue's."""

    id: str
    symbol: str
    amount_usd: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The venue itself took an order off; ``filled_quantity`` is its final count."""

    order_id: str
    filled_quantity: Decimal


Report = Fill | Ended | FeePriced | FundingTaken


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that works at the venue, whoever placed it. Quantities in base units.

    ``order_id`` is the client id it carries, None when it has none. A stop has no ``price``.
    """

    order_id: str | None
    venue_order_id: str
    symbol: str
    side: OrderSide
    quantity: Decimal
    filled: Decimal
    price: Decimal | None

    @property
    def ours(self) -> bool:
        """Whether we have placed it, judged by its client id."""
        return self.order_id is not None and is_ours(self.order_id)


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a symbol, in base units; negative for a short.

    On spot it is the balance of the base asset, part of which may lie in open sell orders.
    """

    symbol: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Wallet:
    """Money at the venue in USD: free to spend, and all of it without open profit.

    ``assets`` are whole balances by asset, locked parts included. ``free_of`` is what is free of a
    currency where it alone pays for what is quoted in it; for one that is not there, all that is
    free does.
    """

    free_usd: Decimal
    wallet_usd: Decimal
    assets: Mapping[str, Decimal]
    at: datetime
    free_of: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VenueHealth:
    """How a venue does, as last seen; None where nothing has been seen yet.

    ``clock_offset_s`` is the venue's clock minus ours; ``limit_used`` 0..1 is the share of the
    tightest rate limit in use; ages in seconds. ``note`` says in words what is wrong, or "".
    """

    reachable: bool
    latency_ms: float | None
    clock_offset_s: float | None
    limit_used: float | None
    rules_age_s: float | None
    stream_age_s: float | None
    note: str


class Allowance(NamedTuple):
    """How many commands of one account its venue's limits let leave now, entries among them."""

    commands: int
    entries: int


class Venue(Protocol):
    """One place where orders go; ``account_id`` chooses whose credentials are used.

    Where a call raises Unavailable the error's code is one of `CREDENTIAL_CODES` when the
    account's keys are the reason, and ``rate_limited`` or ``clock_skew`` when those are.
    """

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

    async def open_orders(self, account_id: str) -> tuple[OpenOrder, ...]:
        """Every order of the account that works there, also those placed by hand.

        Raises Unavailable.
        """
        ...

    async def positions(self, account_id: str) -> tuple[Held, ...]:
        """What is held of every symbol that is not zero; a symbol left out holds nothing.

        Raises Unavailable.
        """
        ...

    async def wallet(self, account_id: str) -> Wallet:
        """The account's money. Raises Unavailable."""
        ...

    def health(self) -> VenueHealth:
        """What was last seen of the venue; asks nobody."""
        ...
