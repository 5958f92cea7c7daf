"""Two feeds as one: an exchange's spot prices, and beside them those of its perpetuals.

Neither is asked for before an account trades on that market, and each lives and dies on its own.
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
    """Keeps the promises of `Feed` for two live feeds; ``usual`` is what each serves at first."""

    name = "live"
    live = True

    def __init__(
        self, spot: LiveFeed, perpetuals: LiveFeed, usual: Mapping[MarketKind, Sequence[str]]
    ) -> None:
        self._spot = spot
        self._perpetuals = perpetuals
        self._usual = usual

    @property
    def symbols(self) -> tuple[str, ...]:
        return self._spot.symbols + self._perpetuals.symbols

    @property
    def lines(self) -> tuple[str, ...]:
        return self._spot.lines + self._perpetuals.lines

    def serve(self, market: MarketKind) -> None:
        """An account trades on this market: tell its prices from now on."""
        for symbol in self._usual[market]:
            self.want(symbol)

    def want(self, symbol: str) -> None:
        """Serve one more symbol, on its line."""
        self._of(symbol).want(symbol)

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        return await self._of(symbol).history(symbol, until)

    async def run(self, ear: Ear) -> None:
        """Tell prices of both until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._spot.run(ear))
            group.create_task(self._perpetuals.run(ear))

    def _of(self, symbol: str) -> LiveFeed:
        return self._perpetuals if line_of(symbol) else self._spot
