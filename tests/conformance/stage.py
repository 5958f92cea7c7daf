"""A venue on its stage: one account on it, the market under control, faults on demand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from engine.api.keys import GivenKeys, NewSeat
from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.ids import derived_id
from engine.domain.words import MarketKind, OrderSide, OrderType, TimeInForce
from engine.venues.exchange.venue import Exchange, ExchangeVenue, Office
from engine.venues.port import Fill, Report, Venue
from engine.venues.registry import EXCHANGES
from foundation import limits
from foundation.bus import Bus
from foundation.clock import WallClock
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.people.people import People
from foundation.settings import load_settings
from tests.support.keys import make_keyring, make_keys

D = Decimal
Lost = Literal["timeout", "reset", "5xx", "garbage"]

EXCHANGE = "exchange"
"""A feature: orders travel over a network and can get lost on it."""
LINEAR = "linear"
SPOT = "spot"
STREAM = "stream"


class ShiftedClock(WallClock):
    """The wall clock, which a test may move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds


class Script:
    """What a stand-in can be told to do; each venue's stage fills it in."""

    async def price(self, price: str) -> None:
        """The market trades at a price: stops trigger, resting orders execute."""
        raise NotImplementedError

    def depth(self, quantity: str) -> None:
        """Only this much executes from now on."""
        raise NotImplementedError

    def lose_answer(self, how: Lost) -> None:
        """The next order is taken, and the answer lost in this way."""
        raise NotImplementedError

    def lose_request(self, how: Lost) -> None:
        """The next order never arrives, and fails in this way."""
        raise NotImplementedError

    def unclear_code(self, *, taken: bool = True, known: bool = True) -> None:
        """The next order is answered with a code that leaves open whether it was ``taken``.

        Not ``known``: the code is in none of the exchange's lists.
        """
        raise NotImplementedError

    def delay(self, seconds: float) -> None:
        """The next order lies around for so long before the exchange looks at it."""
        raise NotImplementedError

    def rate_limit(self) -> None:
        """The next order is refused for too many requests."""
        raise NotImplementedError

    def break_reads(self) -> None:
        """The next reads of executions fail."""
        raise NotImplementedError

    def skew(self, seconds: float) -> None:
        """The exchange's clock is so far ahead of ours."""
        raise NotImplementedError

    def revoke_key(self) -> None:
        """The exchange does not know the key any more."""
        raise NotImplementedError

    def new_key(self) -> GivenKeys:
        """Another good key of the same person."""
        raise NotImplementedError

    def somebody_else(self) -> GivenKeys:
        """A key of another person, with money and books of their own."""
        raise NotImplementedError

    def withdrawing_key(self) -> GivenKeys:
        """A key that may withdraw."""
        raise NotImplementedError

    def idle_key(self) -> GivenKeys:
        """A key that may not trade."""
        raise NotImplementedError

    def end(self, order_id: str) -> None:
        """The exchange takes an order off by itself."""
        raise NotImplementedError

    def by_hand(self) -> None:
        """The person trades beside us: an order that rests, and one that executes."""
        raise NotImplementedError

    def close_symbol(self) -> None:
        """Trading of the symbol is halted."""
        raise NotImplementedError

    def fee_in_third_asset(self, *, rate_known: bool) -> None:
        """Fees are taken in another asset from now on."""
        raise NotImplementedError

    def tell_rate(self) -> None:
        """The other asset has a price (again)."""
        raise NotImplementedError

    def fund(self, amount: str) -> None:
        """A funding payment for the symbol."""
        raise NotImplementedError

    def leverage(self) -> int | None:
        """The leverage set for the symbol."""
        raise NotImplementedError

    def margin_mode(self) -> str:
        """The margin mode that holds for the symbol: isolated or cross."""
        raise NotImplementedError

    def requests(self) -> int:
        """How many orders were sent, whatever became of them."""
        raise NotImplementedError

    def streams(self) -> int:
        """Open streams of the account."""
        raise NotImplementedError

    async def cut_streams(self) -> None:
        """Every stream breaks."""
        raise NotImplementedError

    def addresses(self) -> list[str]:
        """Every address that was asked for, with its query."""
        raise NotImplementedError


@dataclass
class Stage:
    """One venue with one account that holds money and no coins; the price is 60,000."""

    name: str
    venue: Venue
    account: str
    symbol: str
    market: MarketKind
    clock: ShiftedClock
    script: Script
    features: frozenset[str]
    wakes: list[int] = field(default_factory=lambda: [0])
    cursor: str = ""
    save_keys: Callable[[GivenKeys], Any] = lambda _given: None
    reopen: Callable[[], Venue] | None = None
    open_second: Callable[[], Awaitable[str]] | None = None
    """Opens another account at the venue; its id."""

    def order(self, name: str, **changes: Any) -> PlaceOrder:
        """A limit to buy 0.01 at 50,000, which rests."""
        plain = PlaceOrder(
            id=derived_id("conformance", name),
            group_id="g",
            symbol=self.symbol,
            side=OrderSide.BUY,
            order_type=OrderType.LIMIT,
            quantity=D("0.01"),
            price=D(50000),
            reduce_only=False,
            priority=1,
            valid_until=None,
        )
        return replace(plain, **changes)

    def market_buy(self, name: str, quantity: str = "0.01", **changes: Any) -> PlaceOrder:
        kind = {"order_type": OrderType.MARKET, "price": None, "quantity": D(quantity)}
        return self.order(name, **{**kind, **changes})

    def sale(self, name: str, quantity: str, **changes: Any) -> PlaceOrder:
        """A market order that reduces."""
        how = {"side": OrderSide.SELL, "reduce_only": True, "priority": 0}
        return self.market_buy(name, quantity, **{**how, **changes})

    def ioc(self, name: str, price: str, quantity: str = "0.01") -> PlaceOrder:
        limited = {"price": D(price), "quantity": D(quantity)}
        return self.order(name, time_in_force=TimeInForce.IOC, **limited)

    async def place(self, order: PlaceOrder) -> Any:
        return await self.venue.place(self.account, order, self.clock.now())

    async def cancel(self, order: PlaceOrder) -> Any:
        command = CancelOrder(derived_id("cancel", order.id), "g", order.symbol, order.id)
        return await self.venue.cancel(self.account, command)

    async def find(self, order: PlaceOrder) -> Any:
        return await self.venue.find(self.account, order.id, order.symbol)

    async def reports(self) -> list[Report]:
        """What is new since the last time; reading goes on from there."""
        if EXCHANGE in self.features:
            self.clock.advance(limits.VENUE_POLL_QUIET_S)
        told, self.cursor = await self.venue.fills(self.account, self.cursor)
        return list(told)

    async def fills(self) -> list[Fill]:
        return [one for one in await self.reports() if isinstance(one, Fill)]

    async def held(self) -> Decimal:
        positions = await self.venue.positions(self.account)
        return {one.symbol: one.quantity for one in positions}.get(self.symbol, D(0))


Opening = Callable[[Database], AbstractAsyncContextManager[Stage]]


@dataclass(frozen=True)
class Hall:
    """Which exchange, which market, and how its stand-in is addressed and scripted."""

    name: str
    exchange: str
    market: MarketKind
    symbol: str
    addresses: dict[str, str]
    script: Script
    given: GivenKeys


@asynccontextmanager
async def exchange_stage(
    database: Database, hall: Hall, clock: ShiftedClock
) -> AsyncIterator[Stage]:
    """An exchange's adapter against its stand-in, keys saved the way a person saves them."""
    bus = Bus(database)
    nursery = Nursery(get_logger("conformance"))
    user = await People(database, clock).ensure(1, "Ada", "ada", "en")
    keys = make_keys(database, clock, bus, **hall.addresses)
    seat = NewSeat(hall.exchange, hall.market.value, False, hall.name)
    account = await keys.open_account(user.id, seat)
    await keys.save(user.id, account.id, hall.given)
    settings = load_settings({"DATA_DIR": "unused", **hall.addresses})
    wakes = [0]

    def wake() -> None:
        wakes[0] += 1

    opened: list[ExchangeVenue] = []

    def make() -> ExchangeVenue:
        described: Exchange = EXCHANGES[hall.exchange](settings)
        office = Office(database, clock, make_keyring(database), nursery, wake)
        opened.append(ExchangeVenue(described, office))
        return opened[-1]

    async def save(given: GivenKeys) -> Any:
        return await keys.save(user.id, account.id, given)

    async def open_second() -> str:
        other = await People(database, clock).ensure(2, "Bob", "bob", "en")
        second = await keys.open_account(other.id, seat)
        await keys.save(other.id, second.id, hall.script.somebody_else())
        return second.id

    kind = LINEAR if hall.market is MarketKind.LINEAR else SPOT
    try:
        yield Stage(
            name=hall.name,
            venue=make(),
            account=account.id,
            symbol=hall.symbol,
            market=hall.market,
            clock=clock,
            script=hall.script,
            features=frozenset({EXCHANGE, STREAM, kind}),
            wakes=wakes,
            save_keys=save,
            reopen=make,
            open_second=open_second,
        )
    finally:
        await nursery.stop()
        for venue in opened:
            await venue.close()
