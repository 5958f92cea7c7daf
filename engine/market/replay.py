"""A replay: recorded candles as prices of now, at any speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from engine.domain.instrument import Instrument
from engine.market.candle import POINTS, Candle, path
from engine.market.candle_file import read_candles, symbol_of
from engine.market.simulated import invented_history
from engine.market.ticks import Ear, Tick
from foundation import limits
from foundation.clock import Clock
from foundation.errors import InvalidInput


class ReplayFeed:
    """Tells each candle as open, extremes, close; begins anew at each start.

    ``speed`` is market seconds per second. At the end it holds the last price and stays alive.
    """

    name = "replay"
    live = False
    lines = ("",)

    def __init__(
        self, instrument: Instrument, candles: Sequence[Candle], speed: float, clock: Clock
    ) -> None:
        self._instrument = instrument
        self._candles = candles
        self._speed = speed
        self._clock = clock

    @classmethod
    def open(
        cls, file: Path, instruments: Mapping[str, Instrument], speed: float, clock: Clock
    ) -> ReplayFeed:
        """Read the file whole. Raises InvalidInput naming what is wrong with it, and where."""
        symbol = symbol_of(file)
        instrument = instruments.get(symbol)
        if instrument is None:
            raise InvalidInput(
                f"{file.name}: there are no trading rules for {symbol}; "
                f"a replay can be of {', '.join(instruments)}",
                field="MARKET_FEED",
            )
        return cls(instrument, read_candles(file), speed, clock)

    @property
    def symbols(self) -> tuple[str, ...]:
        return (self._instrument.symbol,)

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        """Nothing was recorded before the first candle: a past is invented that leads to it."""
        if symbol != self._instrument.symbol:
            return ()
        return invented_history(self._instrument, self._candles[0].open, until, seed=1)

    async def run(self, ear: Ear) -> None:
        """Play, then hold; pace is kept against the clock, so a slow listener is caught up with.

        Hours without candles (weekends) are skipped.
        """
        begun = self._clock.monotonic()
        played = 0.0
        for candle in self._candles:
            volume = candle.volume / POINTS
            for price in path(candle):
                await self._wait_until(begun + played / self._speed, ear)
                await self._tell(ear, price, volume)
                played += candle.minutes * 60 / POINTS
        while True:
            await self._tell(ear, self._candles[-1].close, Decimal(0))
            await self._clock.sleep(limits.REPLAY_BEAT_S)

    async def _tell(self, ear: Ear, price: Decimal, volume: Decimal) -> None:
        await ear.tick(Tick(self._instrument.symbol, price, self._clock.now(), volume=volume))

    async def _wait_until(self, moment: float, ear: Ear) -> None:
        """Sleep in pieces, so that a slow replay still gives a sign of life each second."""
        while (rest := moment - self._clock.monotonic()) > limits.REPLAY_BEAT_S:
            await self._clock.sleep(limits.REPLAY_BEAT_S)
            ear.beat()
        # at a high speed nobody sleeps, but others must still have their turn
        await self._clock.sleep(max(rest, 0))
