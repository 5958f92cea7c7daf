"""Perpetuals beside spot: prices of their own, which live and die on their own line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.domain.words import MarketKind
from engine.market.beside import SpotAndPerpetuals
from engine.market.hub import Hub
from engine.market.live import LiveFeed
from engine.market.sources import Binance, Bybit
from engine.market.ticks import Tick
from foundation import limits
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.clock import FakeClock
from tests.support.exchange import PublicPrices
from tests.support.until import until

D = Decimal
SPOT, PERPETUAL = "BTC/USDT", "BTC/USDT:USDT"
CLOSED = "http://127.0.0.1:9"
LINEAR = MarketKind.LINEAR


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    opened = Nursery(get_logger("test"))
    yield opened
    await opened.stop()


@pytest.fixture
async def coins() -> AsyncIterator[PublicPrices]:
    async with PublicPrices() as served:
        yield served


@pytest.fixture
async def contracts() -> AsyncIterator[PublicPrices]:
    async with PublicPrices() as served:
        served.prices = {"BTCUSDT": "65100"}
        yield served


class Heard:
    """A hub as far as feeds go."""

    def __init__(self) -> None:
        self.last: dict[str, Decimal] = {}
        self.lines: set[str] = set()

    async def tick(self, tick: Tick) -> None:
        self.last[tick.symbol] = tick.price

    def beat(self, line: str = "") -> None:
        self.lines.add(line)


def feed(clock: FakeClock, coins: str, binance: str, bybit: str = CLOSED) -> SpotAndPerpetuals:
    spot = LiveFeed((SPOT,), (Binance(coins),), clock)
    sources = (Binance(binance, LINEAR), Bybit(bybit, LINEAR))
    return SpotAndPerpetuals(spot, LiveFeed((PERPETUAL,), sources, clock), clock)


@pytest.mark.parametrize("which", ["binance", "bybit"])
async def test_each_market_has_prices_of_its_own(
    clock: FakeClock, nursery: Nursery, coins: PublicPrices, contracts: PublicPrices, which: str
) -> None:
    addresses = (contracts.url, CLOSED) if which == "binance" else (CLOSED, contracts.url)
    both, ear = feed(clock, coins.url, *addresses), Heard()
    nursery.start("feed", lambda: both.run(ear))

    def told() -> bool:
        clock.advance(limits.LIVE_POLL_S)
        return ear.last == {SPOT: D("65000.10"), PERPETUAL: D(65100)}

    await until(told)
    assert ear.lines == {"", "USDT"}
    assert both.symbols == (SPOT, PERPETUAL)
    assert set(contracts.asked) <= {"/fapi/v1/ticker/price", "/v5/market/tickers"}
    assert set(contracts.categories) <= {"linear"}
    bars = await both.history(PERPETUAL, clock.now())
    assert bars[-1].close == D(65100)


async def test_perpetuals_leave_the_list_when_their_line_falls_silent(
    clock: FakeClock, nursery: Nursery, coins: PublicPrices, contracts: PublicPrices
) -> None:
    both, ear = feed(clock, coins.url, contracts.url), Heard()
    nursery.start("feed", lambda: both.run(ear))

    def told() -> bool:
        clock.advance(limits.LIVE_POLL_S)
        return PERPETUAL in both.symbols

    await until(told)
    contracts.fails = True

    def gone() -> bool:
        clock.advance(limits.LIVE_POLL_S)
        return both.symbols == (SPOT,)

    await until(gone)
    assert coins.asked["/api/v3/ticker/price"] > 2


async def test_a_sign_of_life_of_one_line_does_not_freshen_the_other(
    database: Database, clock: FakeClock
) -> None:
    hub = Hub(database, clock)
    began = clock.now()
    for symbol in (SPOT, PERPETUAL):
        await hub.tick(Tick(symbol, D(60000), began))
    clock.advance(10)
    hub.beat()
    spot, perpetual = hub.quote(SPOT), hub.quote(PERPETUAL)
    assert spot is not None
    assert perpetual is not None
    assert spot.price_at == began + timedelta(seconds=10)
    assert perpetual.price_at == began
    clock.advance(limits.FEED_STALE_S + 1)
    await hub.tick(Tick(PERPETUAL, D(60001), clock.now()))
    assert hub.stale
