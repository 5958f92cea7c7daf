"""Live prices over real HTTP: told while they come, stale when they do not, never invented."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from engine.market.live import LiveFeed
from engine.market.sources import Binance, Bybit
from engine.market.ticks import Tick
from foundation import limits
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.clock import FakeClock
from tests.support.exchange import PublicPrices
from tests.support.until import until

D = Decimal
BTC, ETH, ADA = "BTC/USDT", "ETH/USDT", "ADA/USDT"
CLOSED = "http://127.0.0.1:9"


class Ear:
    def __init__(self) -> None:
        self.last: dict[str, Decimal] = {}
        self.held = 0
        self.ticks = 0

    @property
    def beats(self) -> int:
        """Answers heard: each names both symbols."""
        return self.ticks // 2

    async def tick(self, tick: Tick) -> None:
        self.last[tick.symbol] = tick.price
        self.ticks += 1

    def holds(self, symbol: str) -> None:
        self.held += 1

    def beat(self, line: str = "") -> None:
        raise AssertionError("an exchange never vouches for all symbols at once")


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    opened = Nursery(get_logger("test"))
    yield opened
    await opened.stop()


@pytest.fixture
async def exchange() -> AsyncIterator[PublicPrices]:
    async with PublicPrices() as served:
        yield served


def feed(clock: FakeClock, binance: str, bybit: str) -> LiveFeed:
    return LiveFeed((BTC, ETH, ADA), (Binance(binance), Bybit(bybit)), clock)


async def beats(clock: FakeClock, ear: Ear, count: int) -> None:
    for n in range(1, count + 1):
        await until(lambda n=n: ear.beats >= n and clock.sleeping)
        clock.advance(limits.LIVE_POLL_S)


async def test_binance_prices_are_told_every_second(
    clock: FakeClock, nursery: Nursery, exchange: PublicPrices
) -> None:
    ear, live = Ear(), feed(clock, exchange.url, CLOSED)
    nursery.start("feed", lambda: live.run(ear))
    await beats(clock, ear, 1)
    exchange.prices["BTCUSDT"] = "64000"
    await until(lambda: ear.last.get(BTC) == 64000)
    # what the exchange does not list is not served, and does not spoil the others
    assert live.symbols == (BTC, ETH)
    assert ear.last[ETH] == D("3200.5")


async def test_bybit_is_asked_when_binance_stays_silent(
    clock: FakeClock, nursery: Nursery, exchange: PublicPrices
) -> None:
    ear, live = Ear(), feed(clock, CLOSED, exchange.url)
    nursery.start("feed", lambda: live.run(ear))

    def told() -> bool:
        clock.advance(limits.LIVE_BACKOFF_MAX_S)
        return ear.beats > 0

    await until(told)
    assert exchange.asked["/v5/market/tickers"] > 0
    assert ear.last == {BTC: D("65000.10"), ETH: D("3200.5")}


@pytest.mark.parametrize("fault", ["fails", "nonsense"])
async def test_a_lost_exchange_gives_no_sign_of_life_and_comes_back(
    clock: FakeClock, nursery: Nursery, exchange: PublicPrices, fault: str
) -> None:
    ear, live = Ear(), feed(clock, exchange.url, exchange.url)
    nursery.start("feed", lambda: live.run(ear))
    await beats(clock, ear, 1)
    setattr(exchange, fault, True)
    asked = exchange.asked.total()

    def lost() -> bool:
        clock.advance(limits.LIVE_BACKOFF_MAX_S)
        return exchange.asked.total() >= asked + 4

    await until(lost)
    before = ear.beats
    assert before <= 2
    setattr(exchange, fault, False)

    def back() -> bool:
        clock.advance(limits.LIVE_BACKOFF_MAX_S)
        return ear.beats > before

    await until(back)
    assert nursery.crashes == {}


async def test_it_knows_whether_anybody_can_be_reached(
    clock: FakeClock, exchange: PublicPrices
) -> None:
    assert not await feed(clock, CLOSED, CLOSED).probe()
    reachable = feed(clock, CLOSED, exchange.url)
    assert await reachable.probe()
    assert len(await reachable.history(BTC, clock.now())) > 0
    await reachable.close()


@pytest.mark.parametrize("which", ["binance", "bybit"])
async def test_history_is_hours_then_minutes_without_overlap(
    clock: FakeClock, exchange: PublicPrices, which: str
) -> None:
    live = (
        feed(clock, exchange.url, CLOSED)
        if which == "binance"
        else feed(clock, CLOSED, exchange.url)
    )
    assert await live.probe()
    clock.advance(1800)
    bars = await live.history(BTC, clock.now())
    assert [bar.minutes for bar in bars] == sorted((bar.minutes for bar in bars), reverse=True)
    assert [bar.at for bar in bars] == sorted(bar.at for bar in bars)
    assert bars[-1].close == D("65000.10")
    exchange.fails = True
    assert await live.history(BTC, clock.now()) == ()
    await live.close()
