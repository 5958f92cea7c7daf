"""Bars in the database: written, read in any timeframe, folded with age, filled from history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from engine.market import candles
from engine.market.candle import Candle, opening
from engine.market.candles import CandleWriter
from engine.market.ticks import PAPER, Tick
from foundation import limits
from foundation.db import Database
from foundation.errors import InvalidInput
from tests.support.clock import FakeClock
from tests.support.feed import QuietFeed

D = Decimal
BTC = "BTC/USDT"


class RememberingFeed(QuietFeed):
    """Has two hourly bars and three one-minute bars of a past."""

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        hour, minute = timedelta(hours=1), timedelta(minutes=1)
        first = opening(until, 60) - hour
        return [
            *(Candle(first - n * hour, D(9), D(9), D(9), D(9), D(1), 60) for n in (2, 1)),
            *(Candle(until - n * minute, D(8), D(8), D(8), D(8), D(1)) for n in (3, 2, 1)),
        ]


@pytest.fixture
def writer(database: Database, clock: FakeClock) -> CandleWriter:
    return CandleWriter(database, clock, PAPER)


async def minutes(writer: CandleWriter, clock: FakeClock, prices: Sequence[int]) -> None:
    for price in prices:
        writer.note(Tick(BTC, D(price), clock.now(), volume=D(2)))
        clock.advance(60)
    await writer.flush()


async def test_bars_are_read_in_any_timeframe(
    writer: CandleWriter, clock: FakeClock, database: Database
) -> None:
    await minutes(writer, clock, [10, 12, 9, 11, 10, 20])
    assert len(await candles.read(database, PAPER, BTC, 1, 100)) == 6
    five = await candles.read(database, PAPER, BTC, 5, 100)
    assert [(b.open, b.high, b.low, b.close, b.volume) for b in five] == [
        (10, 12, 9, 10, 10),
        (20, 20, 20, 20, 2),
    ]
    assert [b.close for b in await candles.read(database, PAPER, BTC, 1, 2)] == [10, 20]
    assert await candles.read(database, PAPER, "ETH/USDT", 1, 2) == ()


async def test_a_bar_goes_on_growing_after_a_restart(
    writer: CandleWriter, clock: FakeClock, database: Database
) -> None:
    writer.note(Tick(BTC, D(10), clock.now()))
    await writer.flush()
    again = CandleWriter(database, clock, PAPER)
    again.note(Tick(BTC, D(7), clock.now()))
    await again.flush()
    [bar] = await candles.read(database, PAPER, BTC, 1, 10)
    assert (bar.open, bar.high, bar.low, bar.close) == (10, 10, 7, 7)


async def test_a_tick_from_the_past_changes_nothing(
    writer: CandleWriter, clock: FakeClock, database: Database
) -> None:
    await minutes(writer, clock, [10, 11])
    writer.note(Tick(BTC, D(99), clock.now() - timedelta(minutes=2)))
    await writer.flush()
    assert [b.high for b in await candles.read(database, PAPER, BTC, 1, 10)] == [10, 11]


async def test_old_minutes_become_hours_and_larger_bars_stay_the_same(
    writer: CandleWriter, clock: FakeClock, database: Database
) -> None:
    await minutes(writer, clock, [*range(10, 130)])
    before = await candles.read(database, PAPER, BTC, 60, 10)
    clock.advance(limits.CANDLE_KEEP_MINUTES_D * 86400 - 3600)
    await writer.fold()
    assert await candles.read(database, PAPER, BTC, 60, 10) == before
    count = await database.pool.fetchval("select count(*) from candles where minutes = 1")
    assert 0 < count < 120
    await writer.fold()
    assert await candles.read(database, PAPER, BTC, 60, 10) == before


async def test_history_is_filled_in_once(
    writer: CandleWriter, clock: FakeClock, database: Database
) -> None:
    feed = RememberingFeed(BTC)
    assert await writer.fill(feed) == 5
    assert await writer.fill(feed) == 0
    assert [b.close for b in await candles.read(database, PAPER, BTC, 1, 100)] == [8, 8, 8]
    assert [b.close for b in await candles.read(database, PAPER, BTC, 60, 100)][:2] == [9, 9]


@pytest.mark.parametrize(
    ("timeframe", "limit", "field"),
    [(0, 10, "timeframe"), (99_999, 10, "timeframe"), (1, 0, "limit"), (1, 1001, "limit")],
)
async def test_bounds_are_kept(database: Database, timeframe: int, limit: int, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await candles.read(database, PAPER, BTC, timeframe, limit)
    assert refused.value.field == field
