"""The simulated market: the same each time, plausible, and movable."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from itertools import pairwise

import pytest

from engine.market.simulated import FIRST_PRICES, SimulatedFeed, invented_history
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

    def of(self, symbol: str) -> list[Decimal]:
        return [tick.price for tick in self.ticks if tick.symbol == symbol]


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    opened = Nursery(get_logger("test"))
    yield opened
    await opened.stop()


def feed(clock: FakeClock, last: dict[str, Decimal] | None = None, seed: int = 1) -> SimulatedFeed:
    return SimulatedFeed(INSTRUMENTS, clock, last or {}, seed)


async def ran(clock: FakeClock, nursery: Nursery, subject: SimulatedFeed, ticks: int) -> Ear:
    ear = Ear()
    nursery.start("feed", lambda: subject.run(ear))
    for n in range(1, ticks + 1):
        await until(lambda n=n: ear.beats >= n and clock.sleeping)  # type: ignore[misc]  # mypy cannot infer a default
        clock.advance(limits.SIMULATED_TICK_S)
    return ear


async def test_it_is_plausible(clock: FakeClock, nursery: Nursery) -> None:
    ear = await ran(clock, nursery, feed(clock), 120)
    for symbol, instrument in INSTRUMENTS.items():
        prices = ear.of(symbol)
        assert len(prices) >= 120
        assert all(price > 0 and price % instrument.tick == 0 for price in prices)
        assert max(prices) < FIRST_PRICES[symbol] * D("1.2")
        assert min(prices) > FIRST_PRICES[symbol] * D("0.8")
    assert len(set(ear.of(BTC))) > 100


async def test_the_same_seed_is_the_same_market(clock: FakeClock, nursery: Nursery) -> None:
    one = await ran(clock, nursery, feed(clock), 5)
    two = await ran(clock, nursery, feed(clock), 5)
    other = await ran(clock, nursery, feed(clock, seed=2), 5)
    assert one.of(BTC)[:5] == two.of(BTC)[:5]
    assert one.of(BTC)[:5] != other.of(BTC)[:5]


async def test_it_continues_from_its_last_price(clock: FakeClock, nursery: Nursery) -> None:
    ear = await ran(clock, nursery, feed(clock, {BTC: D(90000)}), 2)
    assert abs(ear.of(BTC)[0] - 90000) < 500


async def test_a_price_set_by_hand_is_told_at_once_and_stays(
    clock: FakeClock, nursery: Nursery
) -> None:
    subject = feed(clock)
    ear = await ran(clock, nursery, subject, 2)
    await subject.set_price(BTC, D("50000.004"))
    assert ear.of(BTC)[-1] == D("50000.00")
    for _ in range(30):
        clock.advance(limits.SIMULATED_TICK_S)
        await until(lambda: clock.sleeping)
    assert all(abs(price - 50000) < 2000 for price in ear.of(BTC)[-20:])


async def test_a_wrong_price_or_symbol_is_refused(clock: FakeClock) -> None:
    subject = feed(clock)
    with pytest.raises(InvalidInput, match="has no NO/PE"):
        await subject.set_price("NO/PE", D(1))
    for price in (D(0), D(-1), D("NaN"), D("0.001")):
        with pytest.raises(InvalidInput, match="at least"):
            await subject.set_price(BTC, price)


def test_the_past_leads_to_the_present_without_a_gap(clock: FakeClock) -> None:
    bars = invented_history(INSTRUMENTS[BTC], D(65000), clock.now(), seed=1)
    assert bars == invented_history(INSTRUMENTS[BTC], D(65000), clock.now(), seed=1)
    assert bars[-1].close == D(65000)
    hours = [bar for bar in bars if bar.minutes == 60]
    assert len(hours) == limits.CANDLE_HISTORY_HOURS
    assert len(bars) - len(hours) >= limits.CANDLE_HISTORY_MINUTES
    for before, bar in pairwise(bars):
        assert bar.open == before.close
        assert bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
        assert (bar.at - before.at).total_seconds() == before.minutes * 60
