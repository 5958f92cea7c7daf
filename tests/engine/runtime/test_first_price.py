"""The price of a symbol nobody watches is asked for by the entry that needs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal

import pytest

from engine.domain.words import GroupStatus
from engine.market.candle import Candle
from engine.market.hub import Hub
from engine.market.ticks import Ear, Tick
from engine.runtime.deciding import Decider
from engine.runtime.rules import Rules
from engine.runtime.worker import Worker
from foundation import limits
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.engine.runtime.kit import SYMBOL, Bench
from tests.support.boards import OneBoard


class OnDemand:
    """A feed that serves what it was asked for, and tells nothing by itself."""

    name = "live"
    live = True
    lines = ("",)

    def __init__(self, bench: Bench) -> None:
        self.symbols: tuple[str, ...] = ()
        self._bench = bench

    def want(self, symbol: str) -> None:
        if symbol not in self.symbols:
            self.symbols = (*self.symbols, symbol)

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        return ()

    async def run(self, ear: Ear) -> None:
        await self._bench.clock.sleep(10**6)


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    running = Nursery(get_logger("tests"))
    yield running
    await running.stop()


async def test_the_first_entry_on_a_symbol_asks_for_its_price_and_is_opened_when_it_comes(
    database: Database, nursery: Nursery
) -> None:
    bench = Bench()
    hub, feed = Hub(database, bench.clock, "paper"), OnDemand(bench)
    prices = OneBoard(hub, hub.index)
    object.__setattr__(bench.ports, "prices", prices)
    rules = Rules(bench.ports)
    await rules.turn()
    worker = Worker(bench.ports, Decider(prices, rules), ())
    hub.start(nursery, feed)
    await bench.enter()
    while await worker.turn():
        pass
    [waiting] = bench.store.stored("a").queue
    assert waiting.signal.symbol == SYMBOL
    assert bench.store.outbox("a") == ()
    assert feed.symbols == (SYMBOL,), "nobody else has asked for it"
    await hub.tick(Tick(SYMBOL, Decimal(60000), bench.clock.now()))
    bench.clock.advance(limits.QUEUE_LOOK_S)
    hub.holds(SYMBOL)
    assert await bench.store.next_due() == bench.clock.now()
    while await worker.turn():
        pass
    account = bench.store.stored("a")
    [group] = account.groups.values()
    assert (group.symbol, group.status) == (SYMBOL, GroupStatus.LIVE)
    assert account.queue == ()
    assert len(bench.store.outbox("a")) == 1
