"""A market that stands still, and what the actors need around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from engine.domain.instrument import Quote
from engine.market.index import ThresholdIndex
from engine.runtime.ports import Ports
from engine.store.postgres import PostgresStore
from engine.venues.paper.venue import PaperVenue
from foundation.bus import Bus
from foundation.clock import Clock, WallClock
from foundation.db import Database
from tests.bench.seed import PRICE, instrument
from tests.support.boards import OneBoard


class StillMarket:
    """Every symbol at one price, always fresh."""

    def __init__(self, symbols: Iterable[str], clock: Clock, price: Decimal = PRICE) -> None:
        self.symbols = tuple(symbols)
        self.index = ThresholdIndex()
        self._clock = clock
        self._price = price

    def quote(self, symbol: str) -> Quote | None:
        return Quote(self._price, self._clock.now()) if symbol in self.symbols else None

    def age(self) -> float | None:
        return 0.0


def ports_on(database: Database, bus: Bus, symbols: Sequence[str]) -> tuple[Ports, StillMarket]:
    """The engine's ports with the real store and the paper venue."""
    clock = WallClock()
    market = StillMarket(symbols, clock)
    rules = {symbol: instrument(symbol) for symbol in symbols}
    venue = PaperVenue(database, clock, market, lambda: bus.wake("paper"), rules=rules)
    boards = OneBoard(market, market.index)
    return Ports(PostgresStore(database), {"paper": venue}, clock, bus, boards), market
