"""The paper venue on its stage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from engine.domain.words import MarketKind
from engine.market.hub import Hub
from engine.market.ticks import PAPER, Tick
from engine.venues.paper.venue import OWNER, PaperVenue
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.conformance.stage import Script, ShiftedClock, Stage
from tests.support.feed import QuietFeed

BTC = "BTC/USDT"


class PaperScript(Script):
    """Prices go through the hub, as they do live."""

    def __init__(self, hub: Hub, clock: ShiftedClock) -> None:
        self._hub = hub
        self._clock = clock

    async def price(self, price: str) -> None:
        await self._hub.tick(Tick(BTC, Decimal(price), self._clock.now()))


@asynccontextmanager
async def paper(database: Database) -> AsyncIterator[Stage]:
    clock = ShiftedClock()
    hub = Hub(database, clock, PAPER)
    wakes = [0]

    def wake() -> None:
        wakes[0] += 1

    venue = PaperVenue(database, clock, hub, wake)
    hub.listen(OWNER, venue.crossed)
    nursery = Nursery(get_logger("conformance"))
    hub.start(nursery, QuietFeed(BTC))
    script = PaperScript(hub, clock)
    await script.price("60000")

    async def open_second() -> str:
        return "b"

    try:
        yield Stage(
            name="paper",
            venue=venue,
            account="a",
            symbol=BTC,
            market=MarketKind.SPOT,
            clock=clock,
            script=script,
            features=frozenset(),
            wakes=wakes,
            open_second=open_second,
        )
    finally:
        await nursery.stop()
