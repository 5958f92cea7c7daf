"""The whole engine on Binance: from an approved signal to a closed group, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import pytest

from engine.domain.events import SettingsChanged, SignalReceived
from engine.domain.group import Group
from engine.domain.instrument import Quote
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus, Intent, Side
from engine.market.index import ThresholdIndex
from engine.market.ticks import Tick
from engine.runtime.engine import Engine
from engine.runtime.lock import DatabaseLock
from engine.runtime.ports import Ports
from engine.store.port import InboxEntry
from engine.store.postgres import PostgresStore
from foundation.bus import Bus
from foundation.db import Database
from tests.conformance.binance_stage import BinanceScript, binance_linear, binance_spot
from tests.conformance.stage import Stage
from tests.engine.runtime.kit import ONE_LEG
from tests.support.until import until

D = Decimal


@dataclass
class Prices:
    """The last price of one symbol."""

    last: Quote

    def quote(self, board: str, symbol: str) -> Quote | None:
        return self.last

    def age(self) -> float | None:
        return 0.1


class House:
    """An engine whose only venue is Binance, and one market for both of them."""

    def __init__(self, stage: Stage, database: Database, bus: Bus) -> None:
        self.stage, self.bus = stage, bus
        self.store = PostgresStore(database)
        self.index = ThresholdIndex()
        self.prices = Prices(Quote(D(60000), stage.clock.now()))
        ports = Ports(self.store, {"binance": stage.venue}, stage.clock, bus, self.prices)
        self.engine = Engine(ports, DatabaseLock(database.dsn), lambda _: self.index)

    async def price(self, price: int) -> None:
        await self.stage.script.price(str(price))
        tick = Tick(self.stage.symbol, D(price), self.stage.clock.now())
        self.prices.last = Quote(tick.price, tick.at)
        await self.engine.watching.heard(tick, self.index.cross(tick.symbol, tick.price))

    async def enter(self) -> None:
        now = self.stage.clock.now()
        signal = Signal(
            id="s1",
            source="tradingview",
            producer="hook",
            received_at=now,
            signal_time=now,
            symbol=self.stage.symbol,
            raw_symbol="BTCUSDT",
            timeframe=15,
            side=Side.LONG,
            intent=Intent.ENTER,
            entry_price=D(60000),
        )
        settings = AccountSettings(ladder=ONE_LEG, total_capital_usd=D(5000))
        facts = [SettingsChanged(2, settings), SignalReceived(signal, "person")]
        account = self.stage.account
        entries = [InboxEntry(account, f"test:{n}", fact) for n, fact in enumerate(facts)]
        await self.store.put(entries, now)
        self.bus.wake("inbox")

    async def group(self) -> Group | None:
        loaded = await self.store.load(self.stage.account)
        return next(iter(loaded.account.groups.values()), None)

    async def becomes(self, status: GroupStatus) -> Group:
        async def there() -> Group | None:
            group = await self.group()
            return group if group is not None and group.status is status else None

        return cast(Group, await until(there, within=20))


@pytest.fixture(params=[binance_spot, binance_linear], ids=["spot", "linear"])
async def house(
    request: pytest.FixtureRequest, database: Database, bus: Bus
) -> AsyncIterator[House]:
    async with request.param(database) as stage:
        made = House(stage, database, bus)
        await made.engine.start()
        await until(lambda: made.engine.running, within=20)
        yield made
        await made.engine.stop()


async def test_from_an_approved_signal_to_a_closed_group(house: House) -> None:
    await house.enter()
    bought = await house.becomes(GroupStatus.ACTIVE)
    assert bought.open_quantity > 0
    await house.price(60700)
    closed = await house.becomes(GroupStatus.CLOSED)
    assert closed.realized_pnl_usd > 0
    assert house.engine.crashes == {}


async def test_an_answer_that_got_lost_opens_one_order_all_the_same(house: House) -> None:
    house.stage.script.lose_answer("reset")
    await house.enter()

    async def unclear() -> bool:
        return house.stage.script.requests() == 1

    await until(unclear, within=20)
    await until(lambda: cast(BinanceScript, house.stage.script).book.orders, within=20)
    house.stage.clock.advance(10)
    await house.becomes(GroupStatus.ACTIVE)
    assert house.stage.script.requests() == 1
    assert len(cast(BinanceScript, house.stage.script).book.orders) == 1
