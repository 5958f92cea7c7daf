"""The paper venue: an exchange of our own on its own tables, at the market's prices.

Each placing and each tick that is matched is one transaction. Resting orders wait in the shared
threshold index under the owner ``paper:<account>``; what the market passed while nobody ran fills
at its limit on the first tick, because every open order is armed again at the start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, Protocol, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.instrument import Instrument, Quote
from engine.domain.words import OrderSide, OrderType
from engine.venues.paper import books, telling
from engine.venues.paper.books import Booked, Done, Placing
from engine.venues.paper.match import Terms, Working, on_placing, on_price, waits_for
from engine.venues.paper.rules import INSTRUMENTS, refusal
from engine.venues.port import (
    Absent,
    Accepted,
    Cancelled,
    Found,
    Held,
    OpenOrder,
    OutcomeUnknown,
    RefusalCode,
    Refused,
    Report,
    VenueHealth,
    Wallet,
)
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.money import plain

OWNER: Final = "paper:"
"""Prefix of the paper venue's owners in the threshold index."""

DEPOSIT_USD: Final = Decimal(1_000_000)
"""What every paper account is given; how much of it is risked, its settings say."""

_Rows = TypeVar("_Rows")
_STALE: Final = timedelta(seconds=limits.FEED_STALE_S)
_AWAY: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Armed(Protocol):
    """A crossing as the index tells it."""

    @property
    def owner(self) -> str: ...

    @property
    def watch_id(self) -> str: ...


class Seen(Protocol):
    """A tick, as far as matching looks at it."""

    @property
    def symbol(self) -> str: ...

    @property
    def price(self) -> Decimal: ...


class Thresholds(Protocol):
    """The threshold index."""

    def arm(
        self,
        owner: str,
        watch_id: str,
        symbol: str,
        direction: Literal["up", "down"],
        price: Decimal,
        armed_seq: int,
    ) -> None: ...

    def disarm(self, owner: str, watch_id: str) -> bool: ...


class Market(Protocol):
    """The prices the venue trades at, and the index its resting orders wait in.

    ``symbols`` are served, a quote says when it held, ``age`` since the last sign of life.
    """

    @property
    def index(self) -> Thresholds: ...

    @property
    def symbols(self) -> tuple[str, ...]: ...

    def quote(self, symbol: str) -> Quote | None: ...

    def age(self) -> float | None: ...


class PaperVenue:
    """Fills at public prices with made-up money. ``wake`` is told when there are new fills."""

    name = "paper"

    def __init__(
        self,
        database: Database,
        clock: Clock,
        market: Market,
        wake: Callable[[], None],
        terms: Terms | None = None,
        rules: Mapping[str, Instrument] = INSTRUMENTS,
    ) -> None:
        self._pool = database.pool
        self._clock = clock
        self._market = market
        self._index = market.index
        self._wake = wake
        self._terms = terms or Terms()
        self._rules = rules
        self._filled: dict[str, None] = {}

    def news(self) -> Collection[str]:
        """Accounts with executions since this was asked last."""
        told, self._filled = self._filled, {}
        return tuple(told)

    async def start(self) -> None:
        """Arm every open order. Call it before the feed begins."""
        for order in await books.open_orders(self._pool):
            self._arm(order)

    async def instruments(self) -> Mapping[str, Instrument]:
        """Rules of what the feed serves: without a price nothing can be traded.

        Raises Unavailable while the feed does not know yet what it serves.
        """
        served = self._market.symbols
        if not served:
            raise Unavailable("the price feed has not told yet which symbols it serves")
        return {symbol: self._rules[symbol] for symbol in served if symbol in self._rules}

    async def place(
        self, account_id: str, order: PlaceOrder, claimed_at: datetime
    ) -> Accepted | Refused | OutcomeUnknown:
        """Take an order, once: the same client id again gets the first order's answer."""
        await self._travel()
        try:
            result = await self._take(account_id, order, claimed_at)
        except _AWAY as error:
            return OutcomeUnknown(f"{type(error).__name__}: {error}")
        if isinstance(result, Refused):
            return result
        self._arm(result)
        if result.working.filled or result.status != "open":
            self._filled[account_id] = None
            self._wake()
        return Accepted(str(result.id))

    async def cancel(
        self, account_id: str, command: CancelOrder
    ) -> Cancelled | Refused | OutcomeUnknown:
        """Take an order off; what has filled before stays filled."""
        await self._travel()
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await books.take_turns(connection, [account_id])
                now = self._clock.now()
                found = await books.cancel(
                    connection, account_id, command.order_id, now
                ) or await books.one(connection, account_id, command.order_id)
        except _AWAY as error:
            return OutcomeUnknown(f"{type(error).__name__}: {error}")
        if found is None:
            return Refused(
                RefusalCode.UNKNOWN_ORDER, f"The paper venue has no order {command.order_id}."
            )
        self._index.disarm(OWNER + account_id, command.order_id)
        return Cancelled(found.working.filled)

    async def find(
        self, account_id: str, order_id: str, symbol: str
    ) -> Found | Absent | OutcomeUnknown:
        """Ask after an order; one whose placing had no clear answer is armed by this, too."""
        try:
            found = await books.one(self._pool, account_id, order_id)
        except _AWAY as error:
            return OutcomeUnknown(f"{type(error).__name__}: {error}")
        if found is None or found.symbol != symbol:
            return Absent()
        self._arm(found)
        return Found(telling.status_of(found), str(found.id), found.working.filled)

    async def fills(self, account_id: str, cursor: str) -> tuple[tuple[Report, ...], str]:
        """Executions after the cursor, which is the last fill's number. Raises Unavailable."""
        after = int(cursor) if cursor else 0
        page = limits.PAPER_REPORTS_PAGE
        rows = await self._read(books.fills(self._pool, account_id, after, page))
        last = str(rows[-1]["id"]) if rows else cursor
        return tuple(telling.report_of(row) for row in rows), last

    async def open_orders(self, account_id: str) -> tuple[OpenOrder, ...]:
        """Orders that wait. Raises Unavailable."""
        rows = await self._read(books.open_orders_of(self._pool, account_id))
        return tuple(telling.open_order_of(row) for row in rows)

    async def positions(self, account_id: str) -> tuple[Held, ...]:
        """What is held of every symbol with rules. Raises Unavailable."""
        amounts = await self._read(books.balances(self._pool, account_id))
        return tuple(
            Held(rules.symbol, amounts[rules.base])
            for rules in self._rules.values()
            if amounts.get(rules.base)
        )

    async def wallet(self, account_id: str) -> Wallet:
        """Made-up money: a fixed deposit and what trading made of it. Raises Unavailable."""
        assets = await self._read(books.balances(self._pool, account_id))
        quotes = {rules.quote for rules in self._rules.values()}
        cash = sum((assets.get(quote, Decimal(0)) for quote in sorted(quotes)), DEPOSIT_USD)
        return Wallet(max(cash, Decimal(0)), cash, assets, self._clock.now())

    def health(self) -> VenueHealth:
        """As good as the prices it trades at."""
        age = self._market.age()
        fresh = bool(self._market.symbols) and age is not None and age <= limits.FEED_STALE_S
        note = "" if fresh else "The price feed is silent; market orders wait for it."
        return VenueHealth(fresh, float(self._terms.latency_ms), 0.0, 0.0, 0.0, None, note)

    async def _travel(self) -> None:
        """A request is on its way; the market goes on meanwhile."""
        if self._terms.latency_ms:
            await self._clock.sleep(self._terms.latency_ms / 1000)

    async def _read(self, rows: Awaitable[_Rows]) -> _Rows:
        try:
            return await rows
        except _AWAY as error:
            raise Unavailable(f"the paper venue's books cannot be read: {error}") from error

    async def crossed(self, tick: Seen, crossings: Sequence[Armed]) -> None:
        """Match what a tick reached, all in one transaction. Raises Unavailable: tell me again."""
        named = [(one.owner.removeprefix(OWNER), one.watch_id) for one in crossings]
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await books.take_turns(connection, [account_id for account_id, _ in named])
                waiting = await books.working(connection, named)
                done = [one for order in waiting if (one := self._match(order, tick)) is not None]
                executed = await books.execute(connection, done, self._clock.now())
        except _AWAY as error:
            raise Unavailable(f"the paper venue's books cannot be written: {error}") from error
        for order in executed:
            self._filled[order.account_id] = None
        for order in {one.id: one for one in (*waiting, *executed)}.values():
            self._arm(order)
        self._wake()

    async def _take(
        self, account_id: str, order: PlaceOrder, claimed_at: datetime
    ) -> Booked | Refused:
        """Place it within its validity window, however long a connection or a turn takes.

        Raises TimeoutError when the window ends meanwhile.
        """
        drawn = self._draw(order, claimed_at, self._clock.now())
        if isinstance(drawn, Refused):
            return await books.one(self._pool, account_id, order.id) or drawn
        async with asyncio.timeout(self._left(claimed_at)), self._pool.acquire() as connection:
            if order.reduce_only:
                placed = await self._reduce(connection, account_id, order, claimed_at)
            else:
                placed = await self._put(connection, account_id, drawn, claimed_at)
            return placed or await books.one(connection, account_id, order.id) or _too_late()

    async def _reduce(
        self, connection: PoolConnectionProxy, account_id: str, order: PlaceOrder, at: datetime
    ) -> Booked | Refused | None:
        """Place what may not close more than is held: that is looked at when it is our turn."""
        async with connection.transaction():
            await books.take_turns(connection, [account_id])
            known = await books.one(connection, account_id, order.id)
            if known is not None:
                return known
            drawn = self._draw(order, at, self._clock.now())
            if isinstance(drawn, Refused):
                return drawn
            base = drawn.instrument.base
            held = await books.held(connection, account_id, base)
            closable = -held if order.side is OrderSide.BUY else held
            if order.quantity > closable:
                text = (
                    f"{order.symbol}: only {plain(max(closable, Decimal(0)))} {base} can be "
                    f"closed, the order is for {plain(order.quantity)}"
                )
                return Refused(RefusalCode.WOULD_NOT_REDUCE, text)
            return await self._put(connection, account_id, drawn, at)

    async def _put(
        self, connection: PoolConnectionProxy, account_id: str, drawn: Placing, claimed_at: datetime
    ) -> Booked | None:
        """None when the order is known already, or its window ended before its turn came."""
        left, now = self._left(claimed_at), self._clock.now()
        return await books.place(connection, account_id, drawn, now, left)

    def _left(self, claimed_at: datetime) -> float:
        """How many seconds of the validity window are left."""
        return limits.ORDER_VALIDITY_S - (self._clock.now() - claimed_at).total_seconds()

    def _draw(self, order: PlaceOrder, claimed_at: datetime, now: datetime) -> Placing | Refused:
        """What the order becomes at the price of this moment, or why it may not be placed."""
        if (now - claimed_at).total_seconds() > limits.ORDER_VALIDITY_S:
            return _too_late()
        instrument = self._rules.get(order.symbol)
        if instrument is None or order.symbol not in self._market.symbols:
            return Refused(RefusalCode.SYMBOL_NOT_TRADABLE, self._unserved(order.symbol))
        quote = self._market.quote(order.symbol)
        fresh = quote is not None and now - quote.price_at <= _STALE
        if quote is None or not (fresh or order.order_type is not OrderType.MARKET):
            return Refused(
                RefusalCode.NO_PRICE,
                f"There is no fresh price of {order.symbol} to trade at.",
                final=False,
                retry_after=limits.PAPER_RETRY_S,
            )
        fault = _fault(order, instrument, quote.price)
        if fault is not None:
            return Refused(*fault)
        done = on_placing(_new(order), quote.price, instrument, self._terms) if fresh else None
        return Placing(order, done, instrument, quote.price)

    def _match(self, order: Booked, tick: Seen) -> Done | None:
        instrument = self._rules[order.symbol]
        done = on_price(order.working, tick.price, instrument, self._terms)
        return None if done is None else Done(order, done, instrument)

    def _arm(self, order: Booked) -> None:
        if order.status != "open":
            return
        level, direction = waits_for(order.working)
        self._index.arm(
            OWNER + order.account_id, order.client_id, order.symbol, direction, level, order.id
        )

    def _unserved(self, symbol: str) -> str:
        served = self._market.symbols
        shown = ", ".join(served[:12]) + (" …" if len(served) > 12 else "")
        return f"The paper venue has no price feed for {symbol}. It trades {shown or 'nothing'}."


def _too_late() -> Refused:
    text = "The order came after its validity window."
    return Refused(RefusalCode.TOO_LATE, text, final=False)


def _fault(
    order: PlaceOrder, instrument: Instrument, market_price: Decimal
) -> tuple[str, str] | None:
    """Why the order may never be placed: (code, sentence)."""
    price = order.trigger_price if order.order_type is OrderType.STOP else order.price
    if order.order_type is OrderType.MARKET:
        price = market_price - market_price % instrument.tick
    if price is None:
        text = f"{order.symbol}: a {order.order_type} order needs a price"
        return RefusalCode.INVALID_ORDER, text
    return refusal(instrument, order.quantity, price, order.reduce_only)


def _new(order: PlaceOrder) -> Working:
    return Working(
        order.side, order.order_type, order.quantity, Decimal(0), order.price, order.trigger_price
    )
