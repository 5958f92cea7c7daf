"""A wire from the Bybit dialects to the fake exchange, without a database in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.domain.commands import PlaceOrder
from engine.domain.ids import client_order_id
from engine.domain.words import MarketKind, OrderSide, OrderType
from engine.venues.bybit.dialect import Bybit
from engine.venues.exchange.dialect import Listing
from engine.venues.exchange.net import Net, Place
from engine.venues.exchange.wire import Carrier, Secret, Wire
from engine.venues.keys import PositionMode
from foundation.clock import WallClock
from tests.support.exchanges.bybit import FakeBybit, User

SPOT, LINEAR = "BTC/USDT", "BTC/USDT:USDT"
CLOCK = WallClock()


class Link:
    """One user's wire to one market, and the dialect that speaks on it."""

    def __init__(self, wire: Wire, fake: FakeBybit, user: User) -> None:
        self.wire = wire
        self.fake = fake
        self.user = user
        self.dialect = wire.net.dialect
        self.category = "spot" if wire.net.place.market is MarketKind.SPOT else "linear"
        self._orders = 0

    @property
    def symbol(self) -> str:
        return SPOT if self.category == "spot" else LINEAR

    @property
    def listing(self) -> Listing:
        found = self.wire.net.listing(self.symbol)
        assert found is not None
        return found

    def order(self, quantity: str, price: str | None = None, **more: Any) -> PlaceOrder:
        """A wish to buy, changed like this."""
        self._orders += 1
        kind = OrderType.MARKET if price is None else OrderType.LIMIT
        wish: dict[str, Any] = {
            "id": client_order_id(self.category, self._orders, 0),
            "group_id": "g",
            "symbol": self.symbol,
            "side": OrderSide.BUY,
            "order_type": kind,
            "quantity": Decimal(quantity),
            "price": None if price is None else Decimal(price),
            "reduce_only": False,
            "priority": 1,
            "valid_until": None,
        }
        return PlaceOrder(**(wish | more))

    async def place(self, order: PlaceOrder, claimed_at: datetime | None = None) -> Any:
        at = claimed_at or CLOCK.now()
        return await self.dialect.place(self.wire, self.listing, order, at)

    async def find(self, order_id: str) -> Any:
        return await self.dialect.find(self.wire, self.listing, order_id)

    async def cancel(self, order_id: str) -> Any:
        return await self.dialect.cancel(self.wire, self.listing, order_id)

    def price(self, price: str) -> None:
        self.fake.price(self.category, "BTCUSDT", price)


@asynccontextmanager
async def linked(
    fake: FakeBybit, user: User, market: MarketKind, mode: PositionMode = PositionMode.ONE_WAY
) -> AsyncIterator[Link]:
    """A wire with rules and a measured clock."""
    carrier = Carrier()
    net = Net(Place("bybit", market, test_net=False), Bybit(market), CLOCK, 3600)
    try:
        secret = Secret(user.key, user.secret)
        client = await carrier.client("bybit", net, secret, fake.url)
        wire = Wire(client, net, carrier.session, mode)
        await wire.settle_clock()
        net.list(await net.dialect.listings(wire))
        yield Link(wire, fake, user)
        wire.drop()
    finally:
        await carrier.close()
