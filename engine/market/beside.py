"""Two feeds as one: spot prices, and beside them those of perpetuals.

Spot is what the house lives on. Perpetuals are served while their own line lives; when it falls
silent their symbols leave the list, so nobody takes their last prices for fresh ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from engine.market.candle import Candle
from engine.market.live import LiveFeed
from engine.market.ticks import Ear, Tick, line_of
from foundation import limits
from foundation.clock import Clock


class SpotAndPerpetuals:
    """Keeps the promises of `Feed` for two live feeds."""

    name = "live"
    live = True

    def __init__(self, spot: LiveFeed, perpetuals: LiveFeed, clock: Clock) -> None:
        self._spot = spot
        self._perpetuals = perpetuals
        self._clock = clock
        self._heard: float | None = None

    @property
    def symbols(self) -> tuple[str, ...]:
        heard = self._heard
        alive = heard is not None and self._clock.monotonic() - heard <= limits.FEED_STALE_S
        return self._spot.symbols + (self._perpetuals.symbols if alive else ())

    def want(self, symbol: str) -> None:
        """Serve one more symbol, on its line."""
        (self._perpetuals if line_of(symbol) else self._spot).want(symbol)

    async def probe(self) -> bool:
        """Whether spot prices can be had now."""
        return await self._spot.probe()

    async def close(self) -> None:
        """Let go of the connections; the feed may be used again afterwards."""
        await self._spot.close()
        await self._perpetuals.close()

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        feed = self._perpetuals if line_of(symbol) else self._spot
        return await feed.history(symbol, until)

    async def run(self, ear: Ear) -> None:
        """Tell prices of both until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._spot.run(ear))
            group.create_task(self._perpetuals.run(_Noting(self, ear)))

    def heard(self) -> None:
        """The perpetuals' line gave a sign of life."""
        self._heard = self._clock.monotonic()


class _Noting:
    """Passes on what the perpetuals' feed tells, and notes that it lives."""

    def __init__(self, feed: SpotAndPerpetuals, ear: Ear) -> None:
        self._feed = feed
        self._ear = ear

    async def tick(self, tick: Tick) -> None:
        self._feed.heard()
        await self._ear.tick(tick)

    def beat(self, line: str = "") -> None:
        self._feed.heard()
        self._ear.beat(line)
