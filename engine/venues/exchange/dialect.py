"""What differs from exchange to exchange and market to market: requests out, answers in.

A dialect is stateless: it speaks through a `Wire`, and lets every `Failure` pass. Numbers come
and go as exact decimals; times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from engine.domain.commands import PlaceOrder
from engine.domain.instrument import Instrument
from engine.domain.words import MarginMode, MarketKind, OrderSide
from engine.venues.exchange.failure import ErrorTable, Rejection
from engine.venues.keys import KeyCheck
from engine.venues.port import Found, Held, OpenOrder, Wallet

if TYPE_CHECKING:
    from engine.venues.exchange.stream import Speaker
    from engine.venues.exchange.wire import Wire


@dataclass(frozen=True, slots=True)
class Listing:
    """A symbol as the exchange lists it: our rules, its spelling, the order types it takes."""

    instrument: Instrument
    market_id: str
    order_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a perpetual is to be traded; None: on the ones there are."""

    leverage: int | None = None
    margin_mode: MarginMode | None = None


@dataclass(frozen=True, slots=True)
class Trade:
    """One execution as the exchange tells it.

    ``order_id`` is the client id its order carries, "" when it carries none; None: ask for it.

    ``fee`` in ``fee_asset``; negative for a rebate.
    """

    venue_order_id: str
    trade_id: str
    symbol: str
    side: OrderSide
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_asset: str
    at: datetime
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The answer to a placed order; ``state`` says what became of it so far, if it was told."""

    venue_order_id: str
    state: Found | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Executions after a mark, oldest first; ``mark`` is where to go on, ``more`` if at once."""

    trades: tuple[Trade, ...]
    mark: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """One funding payment; negative when we paid. ``amount`` in ``asset``."""

    id: str
    symbol: str
    amount: Decimal
    asset: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """The exchange's rate limits: request weight per minute, orders per ten seconds.

    The windows say over how long the exchange counts: only so much may leave at once.
    """

    weight_per_minute: int
    orders_per_10_s: int
    weight_window_s: float = 60.0
    orders_window_s: float = 10.0

    @property
    def weight(self) -> float:
        """Units in one window."""
        return self.weight_per_minute * self.weight_window_s / 60.0

    @property
    def orders(self) -> float:
        """Orders in one window."""
        return self.orders_per_10_s * self.orders_window_s / 10.0


class Dialect(Protocol):
    """One exchange and one market (spot or linear)."""

    @property
    def market(self) -> MarketKind: ...

    @property
    def errors(self) -> ErrorTable: ...

    @property
    def limits(self) -> Limits: ...

    @property
    def by_symbol(self) -> bool:
        """Whether executions must be asked for symbol by symbol; else ``symbol`` is "*"."""
        ...

    @property
    def exempt_reducers(self) -> bool:
        """Whether an order that only reduces may be under the smallest notional."""
        ...

    @property
    def margin_of_account(self) -> bool:
        """Whether all symbols of an account have one margin mode."""
        ...

    def configure(self, client: Any, test_net: bool, address: str | None) -> None:
        """Set net and base address of a ccxt client; the address is put in after the net."""
        ...

    def read_error(self, status: int, body: Any, headers: Mapping[str, str]) -> Rejection | None:
        """The error in an answer, None when it is none."""
        ...

    def used_weight(self, headers: Mapping[str, str]) -> float | None:
        """What the exchange says it has counted against us, in its own weight."""
        ...

    async def server_time(self, wire: Wire) -> datetime: ...

    async def listings(self, wire: Wire) -> tuple[Listing, ...]:
        """Everything quoted in dollars, tradable or not."""
        ...

    async def rate(self, wire: Wire, asset: str) -> Decimal | None:
        """What one unit of an asset is worth in USD; None when there is no market for it."""
        ...

    async def check(self, wire: Wire) -> KeyCheck:
        """What the wire's key may do."""
        ...

    async def prepare(self, wire: Wire, listing: Listing, terms: Terms) -> str:
        """Before an order whose terms are others than the last: set them (linear).

        A margin mode that cannot be changed now stays; the answer says why, "" otherwise.
        """
        ...

    async def place(
        self, wire: Wire, listing: Listing, order: PlaceOrder, claimed_at: datetime
    ) -> Placed: ...

    async def cancel(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        """The order as it stands after the cancel; None when the exchange never heard of it."""
        ...

    async def find(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        """The order by our id; None only when every list of the exchange agrees."""
        ...

    async def client_id(self, wire: Wire, listing: Listing, venue_order_id: str) -> str | None:
        """The client id of an order the exchange names by its own."""
        ...

    async def open_orders(self, wire: Wire) -> tuple[OpenOrder, ...]: ...

    async def positions(self, wire: Wire, symbols: tuple[str, ...]) -> tuple[Held, ...]:
        """What is held of these symbols (linear: of all)."""
        ...

    async def wallet(self, wire: Wire) -> Wallet: ...

    async def mark(self, wire: Wire, listing: Listing | None) -> str:
        """Where reading executions begins: after the last one there is now."""
        ...

    async def trades(self, wire: Wire, listing: Listing | None, mark: str) -> Page:
        """Executions after ``mark``; of one symbol, or of all when ``by_symbol`` is false."""
        ...

    async def funding(self, wire: Wire, since: datetime) -> tuple[Payment, ...]:
        """Funding payments at or after a moment, oldest first; spot has none."""
        ...

    def speaker(self, wire: Wire) -> Speaker:
        """How to listen to the account's own stream."""
        ...
