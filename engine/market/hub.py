"""The hub: one tick in; what it crosses to those who wait, its price to memory and database.

Rules of this file
1. A tick touches only the thresholds it crosses. Zero, negative and crossed prices are refused
   and counted.
2. A crossing is told at least once: what a listener could not take is told again with the next
   tick. Listeners dedupe.
3. A price is as fresh as the last word of its source that it holds, changed or not; no symbol's
   price is freshened by what is told of another.
4. A hub is one board: paper's prices and each exchange's have hubs, indexes and rows of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import asyncpg

from engine.domain.instrument import Quote
from engine.market.candles import CandleWriter
from engine.market.index import Crossing, ThresholdIndex
from engine.market.quotes import QuoteWriter
from engine.market.ticks import Feed, Tick, Widening, line_of
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.market.hub")

_AWAY: Final = (Unavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a database that is away looks like; trying again later is all there is to do."""

Listener = Callable[[Tick, Sequence[Crossing]], Awaitable[None]]
"""Told what a tick crossed; raising Unavailable means: tell me again."""


class Hub:
    """One board in this process. ``index`` is shared by all who wait for a price on it."""

    def __init__(self, database: Database, clock: Clock, board: str) -> None:
        self.board = board
        self.index = ThresholdIndex()
        self.refused: dict[str, int] = {"zero": 0, "crossed": 0}
        self.ticks = 0
        self._clock = clock
        self._quotes = QuoteWriter(database, clock, board)
        self._candles = CandleWriter(database, clock, board)
        self._last: dict[str, Tick] = {}
        self._listeners: list[tuple[str, Listener]] = []
        self._untold: dict[str, list[tuple[Tick, Crossing]]] = {}
        self._heard: dict[str, float] = {}
        self._heard_at: dict[str, datetime] = {}
        self._feed: Feed | None = None
        self._missed: dict[str, None] = {}

    def listen(self, prefix: str, listener: Listener) -> None:
        """Tell this listener the crossings of owners whose name begins with ``prefix``.

        The first fitting listener gets it, so an empty prefix is added last.
        """
        self._listeners.append((prefix, listener))

    def start(self, nursery: Nursery, feed: Feed) -> None:
        """Run the feed and write what it tells, until the nursery stops."""
        self._feed = feed
        for symbol in self._missed:
            self._miss(symbol)
        board = self.board
        nursery.start(f"market-feed {board}", lambda: feed.run(self))
        nursery.start(f"market-quotes {board}", self._write_quotes)
        nursery.start(f"market-candles {board}", self._write_candles)
        nursery.start(f"market-fold {board}", self._fold_candles)

    @property
    def symbols(self) -> tuple[str, ...]:
        """What the running feed serves."""
        return self._feed.symbols if self._feed else ()

    def quote(self, symbol: str) -> Quote | None:
        """The last price and the moment it held, changed or not.

        A symbol that has none is asked of the feed: the next time there may be one.
        """
        tick = self._last.get(symbol)
        if tick is None:
            self._miss(symbol)
            return None
        return Quote(tick.price, tick.at)

    def _miss(self, symbol: str) -> None:
        if isinstance(self._feed, Widening):
            self._feed.want(symbol)
        elif self._feed is None and len(self._missed) < limits.LIVE_SYMBOLS_MAX:
            self._missed[symbol] = None

    def age(self) -> float | None:
        """Seconds since the last sign of life of the quietest line; None before the first."""
        if not self._heard:
            return None
        return self._clock.monotonic() - min(self._heard.values())

    def beat(self, line: str = "") -> None:
        """Every price of the line holds still."""
        self._alive(line)
        for symbol in self._last:
            if line_of(symbol) == line:
                self.holds(symbol)

    def holds(self, symbol: str) -> None:
        """The price of this symbol holds still."""
        tick = self._last.get(symbol)
        if tick is not None:
            self._alive(line_of(symbol))
            self._last[symbol] = held = replace(tick, at=self._clock.now())
            self._quotes.note(held)

    def _alive(self, line: str) -> None:
        self._heard[line] = self._clock.monotonic()
        self._heard_at[line] = self._clock.now()

    async def tick(self, tick: Tick) -> None:
        """Take one price."""
        fault = tick.fault
        if fault is not None:
            self.refused[fault] += 1
            _log.warning("tick refused", symbol=tick.symbol, fault=fault, price=str(tick.price))
            return
        self.ticks += 1
        self._alive(line_of(tick.symbol))
        self._last[tick.symbol] = tick
        self._quotes.note(tick)
        self._candles.note(tick)
        crossed = self.index.cross(tick.symbol, tick.price)
        if crossed:
            self._sort(tick, crossed)
        if self._untold:
            await self._tell()

    def _sort(self, tick: Tick, crossed: Sequence[Crossing]) -> None:
        for crossing in crossed:
            prefix = next((p for p, _ in self._listeners if crossing.owner.startswith(p)), None)
            if prefix is not None:
                self._untold.setdefault(prefix, []).append((tick, crossing))

    async def _tell(self) -> None:
        for prefix, listener in self._listeners:
            waiting = self._untold.pop(prefix, [])
            while waiting:
                tick = waiting[0][0]
                batch = [crossing for of, crossing in waiting if of is tick]
                try:
                    await listener(tick, batch)
                except _AWAY as error:
                    _log.warning("crossings wait", listener=prefix, reason=str(error))
                    self._untold[prefix] = [*waiting, *self._untold.get(prefix, [])]
                    break
                waiting = [one for one in waiting if one[0] is not tick]

    async def _write_quotes(self) -> None:
        while True:
            if self._feed is not None:
                try:
                    await self._quotes.flush()
                    refused = sum(self.refused.values())
                    await self._quotes.beat(self._feed, self._heard_at, refused)
                except _AWAY as error:
                    _log.warning("prices not written", reason=str(error))
            await self._clock.sleep(limits.QUOTES_FLUSH_S)

    async def _write_candles(self) -> None:
        filled: tuple[str, ...] = ()
        while True:
            try:
                if self._feed is not None and self._feed.symbols != filled:
                    filled = self._feed.symbols
                    await self._candles.fill(self._feed)
                await self._candles.flush()
            except _AWAY as error:
                _log.warning("bars not written", reason=str(error))
            await self._clock.sleep(limits.CANDLES_FLUSH_S)

    async def _fold_candles(self) -> None:
        while True:
            await self._candles.fold()
            await self._clock.sleep(limits.CANDLE_FOLD_EVERY_S)
