"""One life of an engine process: it starts, trades, and is killed without a word."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import structlog

from engine.domain.instrument import Quote
from engine.market.index import ThresholdIndex
from engine.market.ticks import Tick
from engine.runtime.engine import Engine
from engine.runtime.lock import DatabaseLock
from engine.runtime.ports import Ports
from engine.store.postgres import PostgresStore
from foundation.bus import Bus
from foundation.clock import WallClock
from foundation.db import Database
from foundation.errors import Unavailable
from tests.soak.venue import WireVenue
from tests.soak.wire import CLOCK

PRICE_EVERY_S = 0.1


class Heard:
    """What this process has heard of the market."""

    def __init__(self) -> None:
        self.last: dict[str, Quote] = {}

    def quote(self, board: str, symbol: str) -> Quote | None:
        return self.last.get(symbol)

    def age(self) -> float | None:
        newest = max((quote.price_at for quote in self.last.values()), default=None)
        return None if newest is None else (CLOCK.now() - newest).total_seconds()


def begin(dsn: str, url: str) -> None:
    """Entry point of the process."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(_live(dsn, url))


async def _live(dsn: str, url: str) -> None:
    database = await Database.open(dsn, pool_size=5)
    bus = Bus(database)
    await bus.start()
    index, heard = ThresholdIndex(), Heard()
    async with aiohttp.ClientSession() as session:
        venue = WireVenue(url, session)
        ports = Ports(PostgresStore(database), {"soak": venue}, WallClock(), bus, heard)
        engine = Engine(ports, DatabaseLock(database.dsn), lambda _: index)
        await engine.start()
        while True:
            await _listen(venue, heard, index, engine)
            await asyncio.sleep(PRICE_EVERY_S)


async def _listen(venue: WireVenue, heard: Heard, index: ThresholdIndex, engine: Engine) -> None:
    try:
        prices = await venue.prices()
    except Unavailable:
        return
    at = CLOCK.now()
    for symbol, price in prices.items():
        heard.last[symbol] = Quote(price, at)
        crossed = index.cross(symbol, price)
        if crossed:
            await engine.watching.heard(Tick(symbol, price, at), crossed)
