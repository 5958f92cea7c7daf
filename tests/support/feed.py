"""A feed that says what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from engine.market.candle import Candle
from engine.market.ticks import Ear


class QuietFeed:
    """Serves its symbols and never says anything by itself."""

    name = "quiet"
    live = False
    lines = ("",)

    def __init__(self, *symbols: str) -> None:
        self.symbols = symbols

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        return ()

    async def run(self, ear: Ear) -> None:
        await asyncio.Event().wait()
