"""Last prices and the feed's heartbeat in the database: the place everybody else reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from engine.domain.instrument import Quote
from engine.market.tables import feed_state, quotes
from engine.market.ticks import Feed, Tick
from foundation.clock import Clock
from foundation.db import Database

_UPSERT: Final = """
insert into quotes (symbol, price, price_at, seen_at)
select symbol, price, price_at, $4
from unnest($1::text[], $2::numeric[], $3::timestamptz[]) as t (symbol, price, price_at)
on conflict (symbol) do update
set price = excluded.price, price_at = excluded.price_at, seen_at = excluded.seen_at
where quotes.price_at <= excluded.price_at
"""
_STATE: Final = """
insert into feed_state (id, feed, live, symbols, heartbeat_at, ticks_refused)
values (1, $1, $2, $3, $4, $5)
on conflict (id) do update
set feed = excluded.feed, live = excluded.live, symbols = excluded.symbols,
    heartbeat_at = excluded.heartbeat_at, ticks_refused = excluded.ticks_refused
"""


@dataclass(frozen=True, slots=True)
class FeedState:
    """The feed as last written; ``heartbeat_at`` None before its first sign of life."""

    feed: str
    live: bool
    symbols: tuple[str, ...]
    heartbeat_at: datetime | None
    ticks_refused: int


async def latest(database: Database, symbols: Sequence[str]) -> dict[str, Quote]:
    """The last price of each symbol that has one."""
    wanted = select(quotes.c.symbol, quotes.c.price, quotes.c.price_at).where(
        quotes.c.symbol.in_(symbols)
    )
    async with database.connect() as connection:
        rows = await connection.execute(wanted)
    return {row.symbol: Quote(row.price, row.price_at) for row in rows}


async def heard(database: Database, symbols: Sequence[str]) -> dict[str, Quote]:
    """The last price of each symbol as of the feed's last sign of life, not of its last change."""
    found, feed = await latest(database, symbols), await state(database)
    if feed is None or feed.heartbeat_at is None:
        return found
    served = {name: found[name] for name in feed.symbols if name in found}
    alive = {
        name: Quote(quote.price, max(quote.price_at, feed.heartbeat_at))
        for name, quote in served.items()
    }
    return found | alive


async def state(database: Database) -> FeedState | None:
    """What feeds this database, or None when nothing ever has."""
    async with database.connect() as connection:
        row = (await connection.execute(select(feed_state))).one_or_none()
    if row is None:
        return None
    return FeedState(row.feed, row.live, tuple(row.symbols), row.heartbeat_at, row.ticks_refused)


class QuoteWriter:
    """Gathers prices and writes the newest of each symbol, all in one statement."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
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
            )
        except BaseException:
            self._unwritten = {**batch, **self._unwritten}
            raise

    async def beat(self, feed: Feed, at: datetime | None, refused: int) -> None:
        """Write who feeds us and when it last gave a sign of life."""
        await self._database.pool.execute(
            _STATE, feed.name, feed.live, list(feed.symbols), at, refused
        )
