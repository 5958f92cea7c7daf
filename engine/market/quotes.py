"""Last prices and the feed's heartbeat in the database: the place everybody else reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from engine.domain.instrument import Quote
from engine.domain.words import MarketKind
from engine.market.tables import feed_state, quotes
from engine.market.ticks import Feed, Tick, line_of
from foundation.clock import Clock
from foundation.db import Database

_UPSERT: Final = """
insert into quotes (board, symbol, price, price_at, seen_at)
select $5, symbol, price, price_at, $4
from unnest($1::text[], $2::numeric[], $3::timestamptz[]) as t (symbol, price, price_at)
on conflict (board, symbol) do update
set price = excluded.price, price_at = excluded.price_at, seen_at = excluded.seen_at
where quotes.price_at <= excluded.price_at
"""
_STATE: Final = """
insert into feed_state (board, line, feed, live, symbols, heartbeat_at, ticks_refused)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (board, line) do update
set feed = excluded.feed, live = excluded.live, symbols = excluded.symbols,
    heartbeat_at = excluded.heartbeat_at, ticks_refused = excluded.ticks_refused
"""
_FORGET: Final = "delete from feed_state where board = $1 and line <> all($2::text[])"


@dataclass(frozen=True, slots=True)
class FeedState:
    """The feed of a line as last written; ``heartbeat_at`` None before its first sign of life."""

    board: str
    line: str
    feed: str
    live: bool
    symbols: tuple[str, ...]
    heartbeat_at: datetime | None
    ticks_refused: int

    @property
    def market(self) -> MarketKind:
        return MarketKind.LINEAR if self.line else MarketKind.SPOT


async def latest(database: Database, board: str, symbols: Sequence[str]) -> dict[str, Quote]:
    """The last price a board has of each symbol, and the moment it held."""
    wanted = select(quotes.c.symbol, quotes.c.price, quotes.c.price_at).where(
        quotes.c.board == board, quotes.c.symbol.in_(symbols)
    )
    async with database.connect() as connection:
        rows = await connection.execute(wanted)
    return {row.symbol: Quote(row.price, row.price_at) for row in rows}


async def states(database: Database, board: str | None = None) -> tuple[FeedState, ...]:
    """What feeds each line of a board (of every board), in order; none when nothing ever has."""
    wanted = select(feed_state).order_by(feed_state.c.board, feed_state.c.line)
    if board is not None:
        wanted = wanted.where(feed_state.c.board == board)
    async with database.connect() as connection:
        rows = await connection.execute(wanted)
    return tuple(FeedState(**{**row._mapping, "symbols": tuple(row.symbols)}) for row in rows)


async def served(database: Database, board: str, market: MarketKind) -> tuple[str, ...]:
    """The symbols of a market that a board has prices of."""
    lines = await states(database, board)
    return tuple(name for one in lines if one.market is market for name in one.symbols)


class QuoteWriter:
    """Gathers a board's prices and writes the newest of each symbol, all in one statement."""

    def __init__(self, database: Database, clock: Clock, board: str) -> None:
        self._database = database
        self._clock = clock
        self._board = board
        self._unwritten: dict[str, Tick] = {}

    def note(self, tick: Tick) -> None:
        self._unwritten[tick.symbol] = tick

    async def flush(self) -> None:
        """Write what is new; keeps it for the next time when the database is away."""
        batch, self._unwritten = self._unwritten, {}
        if not batch:
            return
        ticks = list(batch.values())
        try:
            await self._database.pool.execute(
                _UPSERT,
                [tick.symbol for tick in ticks],
                [tick.price for tick in ticks],
                [tick.at for tick in ticks],
                self._clock.now(),
                self._board,
            )
        except BaseException:
            self._unwritten = {**batch, **self._unwritten}
            raise

    async def beat(self, feed: Feed, heard_at: Mapping[str, datetime], refused: int) -> None:
        """Write who feeds each line and when it last gave a sign of life.

        A line that was served by an earlier process, and is wanted by nobody now, is forgotten.
        """
        served: dict[str, list[str]] = {line: [] for line in feed.lines}
        for symbol in feed.symbols:
            served.setdefault(line_of(symbol), []).append(symbol)
        rows = [
            (self._board, line, feed.name, feed.live, names, heard_at.get(line), refused)
            for line, names in served.items()
        ]
        await self._database.pool.executemany(_STATE, rows)
        await self._database.pool.execute(_FORGET, self._board, list(served))
