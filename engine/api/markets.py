"""The market as surfaces see it: a window, read from the database by any process.

A board is whose prices are meant: paper's, or an exchange's, as an account names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final, Literal

from engine.api.views import CandleView, FeedHealth, QuoteView
from engine.domain.words import MarketKind
from engine.market import candles, quotes
from engine.market.quotes import FeedState
from engine.market.ticks import PAPER
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database

_WORD: Final[Mapping[MarketKind, Literal["spot", "linear"]]] = {
    MarketKind.SPOT: "spot",
    MarketKind.LINEAR: "linear",
}


class Markets:
    """Prices, bars and the feeds' health. Reading only."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def quote(self, symbol: str, board: str = PAPER) -> QuoteView | None:
        """The last price of that board, or None for a symbol that never had one there.

        ``stale`` when nobody has told of this symbol for a while, whatever is told of others.
        """
        return (await self._views(board, [symbol])).get(symbol)

    async def quotes(self, board: str = PAPER) -> tuple[QuoteView, ...]:
        """The last price of every symbol the board serves, by one look."""
        lines = await quotes.states(self._database, board)
        found = await self._views(board, [name for line in lines for name in line.symbols])
        return tuple(found[symbol] for symbol in sorted(found))

    async def candles(
        self, symbol: str, timeframe_minutes: int, limit: int, board: str = PAPER
    ) -> tuple[CandleView, ...]:
        """The last bars, oldest first, the growing one included; empty for an unknown symbol.

        Raises InvalidInput for a timeframe or limit out of bounds.
        """
        bars = await candles.read(self._database, board, symbol, timeframe_minutes, limit)
        return tuple(
            CandleView(bar.at, bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in bars
        )

    async def symbols(
        self, board: str = PAPER, market: MarketKind = MarketKind.SPOT
    ) -> tuple[str, ...]:
        """What the board serves of a market."""
        return await quotes.served(self._database, board, market)

    async def feed_health(
        self, board: str = PAPER, market: MarketKind = MarketKind.SPOT
    ) -> FeedHealth:
        """Where a board's prices of a market come from and the age of their heartbeat; feed
        ``none`` before the first.
        """
        lines = [one for one in await quotes.states(self._database, board) if one.market is market]
        if not lines:
            return FeedHealth("none", False, None, (), board, _WORD[market])
        return self._health(lines)

    async def feeds(self) -> tuple[FeedHealth, ...]:
        """Every market of every board, paper's first."""
        lines = sorted(await quotes.states(self._database), key=lambda one: one.board != PAPER)
        markets = groupby(lines, key=lambda one: (one.board, one.market))
        found = tuple(self._health(list(each)) for _, each in markets)
        if not any(one.board == PAPER for one in lines):
            return (await self.feed_health(), *found)
        return found

    async def _views(self, board: str, symbols: list[str]) -> Mapping[str, QuoteView]:
        now = self._clock.now()
        found = await quotes.latest(self._database, board, symbols) if symbols else {}
        return {
            symbol: QuoteView(
                symbol,
                quote.price,
                quote.price_at,
                stale=(now - quote.price_at).total_seconds() > limits.FEED_STALE_S,
            )
            for symbol, quote in found.items()
        }

    def _health(self, lines: Sequence[FeedState]) -> FeedHealth:
        """All lines of a market together; the quietest of those that ever spoke counts."""
        one = lines[0]
        heard = [line.heartbeat_at for line in lines if line.heartbeat_at is not None]
        age = max((self._clock.now() - min(heard)).total_seconds(), 0.0) if heard else None
        symbols = tuple(name for line in lines for name in line.symbols)
        return FeedHealth(one.feed, one.live, age, symbols, one.board, _WORD[one.market])
