"""An engine in this process on a real database, before an exchange over HTTP on loopback."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import aiohttp
from aiohttp import web

from engine.domain.account import Account
from engine.domain.commands import PlaceOrder
from engine.domain.events import SignalReceived
from engine.domain.instrument import Quote
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import Intent, Side
from engine.market.index import ThresholdIndex
from engine.market.ticks import Tick
from engine.runtime.engine import Engine
from engine.runtime.lock import NoLock
from engine.runtime.ports import Ports
from engine.store.port import InboxEntry
from engine.store.postgres import PostgresStore
from engine.store.registry import NewAccount, open_account
from engine.venues.paper.match import Terms
from foundation.bus import Bus
from foundation.clock import WallClock
from foundation.db import Database
from tests.soak.books import OWNER, add_person
from tests.soak.life import Heard
from tests.soak.venue import WireVenue
from tests.soak.wire import Wire
from tests.support.until import until

BTC = "BTC/USDT"


class Rig:
    """``landed`` is when each order reached the exchange, by client id, on `time.perf_counter`."""

    def __init__(
        self, ports: Ports, wire: Wire, engine: Engine, heard: Heard, index: ThresholdIndex
    ) -> None:
        self.store = ports.store
        self.bus = ports.bus
        self.index = index
        self.wire = wire
        self.engine = engine
        self.heard = heard
        self.clock = WallClock()
        self.landed: list[tuple[float, str, PlaceOrder]] = []
        wire.taken = self._noted

    def _noted(self, account_id: str, order: PlaceOrder) -> None:
        self.landed.append((time.perf_counter(), account_id, order))

    async def signal(self, account_id: str, name: str) -> None:
        """An approved entry at the market price."""
        at = self.clock.now()
        signal = Signal(
            id=name, source="bench", producer="bench", received_at=at, signal_time=at,
            symbol=BTC, raw_symbol=BTC, timeframe=60, side=Side.LONG, intent=Intent.ENTER,
            entry_price=self.wire.exchange.prices[BTC],
        )  # fmt: skip
        fact = SignalReceived(signal, approved_by="policy")
        await self.store.put([InboxEntry(account_id, f"signal:{name}", fact)], at)
        self.bus.wake("inbox")

    async def tick(self, price: Decimal) -> None:
        """The market trades: at the exchange and in this process's feed."""
        self.wire.exchange.trade(BTC, price)
        at = self.clock.now()
        self.heard.last[BTC] = Quote(price, at)
        crossed = self.index.cross(BTC, price)
        if crossed:
            await self.engine.watching.heard(Tick(BTC, price, at), crossed)

    async def running(self) -> bool:
        return self.engine.running

    async def orders(self, count: int) -> None:
        """Wait until that many orders have reached the exchange."""

        async def there() -> bool:
            return len(self.landed) >= count

        await until(there, within=60, every=0.005)


@asynccontextmanager
async def rig(database: Database, settings: dict[str, AccountSettings]) -> AsyncIterator[Rig]:
    """A running engine with these accounts."""
    wire = Wire(random.Random(1))
    wire.healed = True
    wire.exchange.terms = Terms()
    runner = web.AppRunner(wire.app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bus = Bus(database)
    await bus.start()
    store, index, heard = PostgresStore(database), ThresholdIndex(), Heard()
    await add_person(database)
    for name, chosen in settings.items():
        account = Account(id=name, venue="soak", settings=chosen)
        await open_account(database, NewAccount(account, OWNER, name, WallClock().now()))
    connector = aiohttp.TCPConnector(limit=200)
    async with aiohttp.ClientSession(connector=connector) as session:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ports = Ports(store, {"soak": WireVenue(url, session)}, WallClock(), bus, heard)
        engine = Engine(ports, NoLock(), lambda _: index)
        made = Rig(ports, wire, engine, heard, index)
        await made.tick(wire.exchange.prices[BTC])
        await engine.start()
        await until(made.running, within=20, every=0.01)
        try:
            yield made
        finally:
            await engine.stop()
            await bus.stop()
            await runner.cleanup()
