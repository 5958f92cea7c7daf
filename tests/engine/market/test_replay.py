"""A replay: every candle's path, in order, at its pace, and then it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.market.candle import Candle, path
from engine.market.replay import ReplayFeed
from engine.market.ticks import Tick
from engine.venues.paper.rules import INSTRUMENTS
from foundation import limits
from foundation.errors import InvalidInput
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.clock import FakeClock
from tests.support.until import until

D = Decimal
BTC = "BTC/USDT"
AT = datetime(2024, 7, 26, tzinfo=UTC)
BARS = tuple(
    Candle(AT + timedelta(minutes=n), D(100 + n), D(110 + n), D(95 + n), D(101 + n), D(4))
    for n in range(3)
)
SLICE = Path(__file__).parents[2] / "fixtures/candles/BTCUSDT_1m_2024_08_04.csv.gz"


class Ear:
    def __init__(self) -> None:
        self.ticks: list[Tick] = []
        self.beats = 0

    async def tick(self, tick: Tick) -> None:
        self.ticks.append(tick)

    def holds(self, symbol: str) -> None:
        raise AssertionError("made-up prices are told, or vouched for all at once")

    def beat(self, line: str = "") -> None:
        self.beats += 1

    @property
    def prices(self) -> list[Decimal]:
        return [tick.price for tick in self.ticks]


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    opened = Nursery(get_logger("test"))
    yield opened
    await opened.stop()


async def test_each_candle_is_told_as_its_path_at_its_pace_and_the_last_price_held(
    clock: FakeClock, nursery: Nursery
) -> None:
    ear, feed = Ear(), ReplayFeed(INSTRUMENTS[BTC], BARS, 60, clock)
    started = clock.now()
    nursery.start("feed", lambda: feed.run(ear))
    whole = [price for bar in BARS for price in path(bar)]
    for _ in range(20):
        await until(lambda: clock.sleeping)
        clock.advance(0.25)
    assert ear.prices[:12] == whole
    assert set(ear.prices[12:]) == {BARS[-1].close}
    # one market minute a second: a quarter of a second between the four prices of a bar
    assert [(tick.at - started).total_seconds() for tick in ear.ticks[:5]] == [
        0,
        0.25,
        0.5,
        0.75,
        1,
    ]
    before = len(ear.ticks)
    clock.advance(limits.REPLAY_BEAT_S)
    await until(lambda: len(ear.ticks) > before)


async def test_a_slow_replay_still_gives_a_sign_of_life_each_second(
    clock: FakeClock, nursery: Nursery
) -> None:
    ear, feed = Ear(), ReplayFeed(INSTRUMENTS[BTC], BARS, 1, clock)
    nursery.start("feed", lambda: feed.run(ear))
    for _ in range(10):
        await until(lambda: clock.sleeping)
        clock.advance(1)
    await until(lambda: ear.beats >= 9)
    assert len(ear.ticks) == 1


async def test_a_very_fast_replay_leaves_nothing_out(clock: FakeClock, nursery: Nursery) -> None:
    ear = Ear()
    feed = ReplayFeed.open(SLICE, INSTRUMENTS, 1_000_000, clock)
    nursery.start("feed", lambda: feed.run(ear))

    def told() -> bool:
        clock.advance(1)
        return len(ear.ticks) >= 4 * 2880

    await until(told)
    assert ear.prices[0] == D("60697.99")
    assert feed.symbols == (BTC,)


async def test_a_past_is_invented_that_leads_to_the_first_candle(clock: FakeClock) -> None:
    feed = ReplayFeed(INSTRUMENTS[BTC], BARS, 60, clock)
    assert (await feed.history(BTC, clock.now()))[-1].close == BARS[0].open
    assert await feed.history("ETH/USDT", clock.now()) == ()


def test_a_symbol_without_rules_is_refused(clock: FakeClock, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no trading rules for ABC/USDT"):
        ReplayFeed.open(tmp_path / "ABCUSDT_1m.csv", INSTRUMENTS, 60, clock)
