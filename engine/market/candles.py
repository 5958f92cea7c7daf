"""Bars in the database: built from ticks minute by minute, filled from history, folded with age.

One-minute bars are kept for days, then folded into hourly ones; larger bars are made at read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from engine.market.candle import EPOCH, Candle, begun, grown, opening
from engine.market.tables import candles
from engine.market.ticks import Feed, Tick
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput

_HOUR: Final = 60
_UPSERT: Final = """
insert into candles (board, symbol, minutes, at, open, high, low, close, volume)
select $9, t.* from unnest(
    $1::text[], $2::int[], $3::timestamptz[],
    $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[]
) as t
on conflict (board, symbol, minutes, at) do update
set high = greatest(candles.high, excluded.high), low = least(candles.low, excluded.low),
    close = excluded.close, volume = greatest(candles.volume, excluded.volume)
"""
_FOLD: Final = """
with old as (
    delete from candles where board = $2 and minutes = 1 and at < $1
    returning symbol, at, open, high, low, close, volume
)
insert into candles (board, symbol, minutes, at, open, high, low, close, volume)
select $2, symbol, 60, date_trunc('hour', at, 'UTC'), (array_agg(open order by at))[1], max(high),
       min(low), (array_agg(close order by at desc))[1], sum(volume)
from old group by symbol, date_trunc('hour', at, 'UTC')
on conflict (board, symbol, minutes, at) do nothing
"""

#: Made larger by the server: fifteen times fewer rows come over, and no bar is made in vain.
_BARS: Final = """
with newest as (
    select date_bin(make_interval(mins => $2), at, $4) as bar
    from candles where board = $5 and symbol = $1 order by at desc limit 1
)
select date_bin(make_interval(mins => $2), at, $4) as bar, (array_agg(open order by at))[1],
       max(high), min(low), (array_agg(close order by at desc))[1], sum(volume), $2::integer
from candles, newest
where board = $5 and symbol = $1 and minutes <= $2
  and at >= bar - make_interval(mins => $2) * ($3 - 1)
group by 1 order by 1
"""


async def read(
    database: Database, board: str, symbol: str, timeframe: int, limit: int
) -> tuple[Candle, ...]:
    """The last ``limit`` bars of ``timeframe`` minutes, oldest first, the growing one included.

    Raises InvalidInput for a timeframe or limit out of bounds.
    """
    if not 1 <= timeframe <= limits.CANDLE_TIMEFRAME_MAX_MIN:
        raise InvalidInput(
            f"timeframe must be 1 to {limits.CANDLE_TIMEFRAME_MAX_MIN} minutes, got {timeframe}",
            field="timeframe",
        )
    if not 1 <= limit <= limits.CANDLES_MAX:
        raise InvalidInput(f"limit must be 1 to {limits.CANDLES_MAX}, got {limit}", field="limit")
    rows = await database.pool.fetch(_BARS, symbol, timeframe, limit, EPOCH, board)
    return tuple(Candle(*row) for row in rows)


async def last_close(database: Database, board: str, symbols: Sequence[str]) -> dict[str, Candle]:
    """The newest bar a board has of each symbol that has any."""
    newest = (
        select(
            candles.c.symbol,
            *(candles.c[n] for n in ("at", "open", "high", "low", "close", "volume", "minutes")),
        )
        .ext(distinct_on(candles.c.symbol))
        .where(candles.c.board == board, candles.c.symbol.in_(symbols))
        .order_by(candles.c.symbol, candles.c.at.desc())
    )
    async with database.connect() as connection:
        rows = await connection.execute(newest)
    return {row[0]: Candle(*row[1:]) for row in rows}


class CandleWriter:
    """Grows the present minute's bar of each symbol of a board and writes it now and then."""

    def __init__(self, database: Database, clock: Clock, board: str) -> None:
        self._database = database
        self._clock = clock
        self._board = board
        self._present: dict[str, Candle] = {}
        self._unwritten: dict[tuple[str, datetime], Candle] = {}

    def note(self, tick: Tick) -> None:
        """One more price of the present minute; a tick from before it is left out."""
        candle = self._present.get(tick.symbol)
        at = opening(tick.at, 1)
        if candle is not None and at < candle.at:
            return
        if candle is None or at > candle.at:
            candle = begun(tick.at, tick.price)
        else:
            candle = grown(candle, tick.price)
        self._present[tick.symbol] = candle = candle.plus_volume(tick.volume)
        self._unwritten[tick.symbol, at] = candle

    async def flush(self) -> None:
        """Write what grew; keeps it for the next time when the database is away."""
        batch, self._unwritten = self._unwritten, {}
        if not batch:
            return
        try:
            await self._write([(symbol, candle) for (symbol, _), candle in batch.items()])
        except BaseException:
            self._unwritten = {**batch, **self._unwritten}
            raise

    async def fill(self, feed: Feed) -> int:
        """Give every symbol of the feed that has no hourly bars its history; returns bars.

        Hourly bars come from nowhere but a history, or from one-minute bars grown old.
        """
        hourly = (candles.c.board == self._board, candles.c.minutes == _HOUR)
        async with self._database.connect() as connection:
            told = await connection.scalars(select(candles.c.symbol).where(*hourly).distinct())
            known = frozenset(told)
        written = 0
        for symbol in feed.symbols:
            if symbol in known:
                continue
            bars = await feed.history(symbol, opening(self._clock.now(), 1))
            if bars:
                await self._write([(symbol, bar) for bar in bars])
            written += len(bars)
        return written

    async def fold(self) -> None:
        """Turn one-minute bars older than the limit into hourly ones."""
        before = opening(self._clock.now() - timedelta(days=limits.CANDLE_KEEP_MINUTES_D), 60)
        await self._database.pool.execute(_FOLD, before, self._board)

    async def _write(self, rows: Sequence[tuple[str, Candle]]) -> None:
        await self._database.pool.execute(
            _UPSERT,
            [symbol for symbol, _ in rows],
            [bar.minutes for _, bar in rows],
            [bar.at for _, bar in rows],
            [bar.open for _, bar in rows],
            [bar.high for _, bar in rows],
            [bar.low for _, bar in rows],
            [bar.close for _, bar in rows],
            [bar.volume for _, bar in rows],
            self._board,
        )
