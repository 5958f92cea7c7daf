"""The market as surfaces see it: a window, read from the database by any process."""

from __future__ import annotations

from engine.api.views import CandleView, FeedHealth, QuoteView
from engine.market import candles, quotes
from engine.market.quotes import FeedState
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database


class Markets:
    """Prices, bars and the feed's health. Reading only."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def quote(self, symbol: str) -> QuoteView | None:
        """The last price, or None for a symbol that never had one.

        ``stale`` when the feed is silent or does not serve the symbol (any more).
        """
        found = await quotes.latest(self._database, [symbol])
        if symbol not in found:
            return None
        quote = found[symbol]
        state = await quotes.state(self._database)
        age = self._age(state)
        fresh = (
            state is not None
            and symbol in state.symbols
            and age is not None
            and age <= limits.FEED_STALE_S
        )
        return QuoteView(symbol, quote.price, quote.price_at, stale=not fresh)

    async def quotes(self) -> tuple[QuoteView, ...]:
        """The last price of every symbol the feed serves, by one look."""
        state = await quotes.state(self._database)
        if state is None:
            return ()
        age = self._age(state)
        stale = age is None or age > limits.FEED_STALE_S
        found = await quotes.latest(self._database, state.symbols)
        return tuple(
            QuoteView(symbol, quote.price, quote.price_at, stale=stale)
            for symbol, quote in sorted(found.items())
        )

    async def candles(
        self, symbol: str, timeframe_minutes: int, limit: int
    ) -> tuple[CandleView, ...]:
        """The last bars, oldest first, the growing one included; empty for an unknown symbol.

        Raises InvalidInput for a timeframe or limit out of bounds.
        """
        bars = await candles.read(self._database, symbol, timeframe_minutes, limit)
        return tuple(
            CandleView(bar.at, bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in bars
        )

    async def symbols(self) -> tuple[str, ...]:
        """What the feed serves."""
        state = await quotes.state(self._database)
        return state.symbols if state else ()

    async def feed_health(self) -> FeedHealth:
        """Where prices come from and the age of its heartbeat; feed ``none`` before the first."""
        state = await quotes.state(self._database)
        if state is None:
            return FeedHealth("none", live=False, heartbeat_age=None, symbols=())
        return FeedHealth(state.feed, state.live, self._age(state), state.symbols)

    def _age(self, state: FeedState | None) -> float | None:
        if state is None or state.heartbeat_at is None:
            return None
        return max((self._clock.now() - state.heartbeat_at).total_seconds(), 0.0)
