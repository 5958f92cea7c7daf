"""Several feeds as one: an exchange's spot prices, and beside them those of its perpetuals.

Perpetuals have a line for each coin they settle in. No line is asked for before somebody trades on
it, and each lives and dies on its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.domain.words import MarketKind
from engine.market.candle import Candle
from engine.market.live import LiveFeed
from engine.market.ticks import Ear, line_of


class SpotAndPerpetuals:
    """Keeps the promises of `Feed` for a live feed per line; ``usual`` is what is served at first.

    There is a line for whatever adapters list; a symbol of another one can be traded by nobody.
    """

    name = "live"
    live = True

    def __init__(
        self, feeds: Mapping[str, LiveFeed], usual: Mapping[MarketKind, Sequence[str]]
    ) -> None:
        self._feeds = feeds
        self._usual = usual

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(symbol for feed in self._feeds.values() for symbol in feed.symbols)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for feed in self._feeds.values() for line in feed.lines)

    def serve(self, market: MarketKind) -> None:
        """An account trades on this market: tell its prices from now on."""
        for symbol in self._usual[market]:
            self.want(symbol)

    def want(self, symbol: str) -> None:
        """Serve one more symbol, on its line."""
        feed = self._feeds.get(line_of(symbol))
        if feed is not None:
            feed.want(symbol)

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        feed = self._feeds.get(line_of(symbol))
        return () if feed is None else await feed.history(symbol, until)

    async def run(self, ear: Ear) -> None:
        """Tell prices of every line until cancelled."""
        async with asyncio.TaskGroup() as group:
            for feed in self._feeds.values():
                group.create_task(feed.run(ear))
