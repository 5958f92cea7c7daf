"""Which feed: decided once, remembered, never switched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from engine.market.candles import CandleWriter
from engine.market.feeds import Sources, open_feed
from engine.market.live import LiveFeed
from engine.market.quotes import QuoteWriter
from engine.market.replay import ReplayFeed
from engine.market.simulated import SimulatedFeed
from engine.market.ticks import PAPER, Ear, Tick
from engine.venues.registry import PAPER_INSTRUMENTS
from foundation.db import Database
from foundation.errors import InvalidInput, SettingsError
from tests.support.clock import FakeClock
from tests.support.exchange import PublicPrices

D = Decimal
BTC, ETH = "BTC/USDT", "ETH/USDT"
CLOSED = "http://127.0.0.1:9"
SLICE = Path(__file__).parents[2] / "fixtures/candles/BTCUSDT_1m_2024_08_04.csv.gz"


@pytest.fixture
def sources(database: Database, clock: FakeClock) -> Sources:
    return Sources(database, clock, PAPER_INSTRUMENTS, 60, CLOSED, CLOSED, CLOSED)


@pytest.fixture
async def exchange() -> AsyncIterator[PublicPrices]:
    async with PublicPrices() as served:
        yield served


async def test_auto_takes_live_prices_when_they_can_be_reached_and_keeps_to_them(
    sources: Sources, exchange: PublicPrices
) -> None:
    feed = await open_feed("auto", replace(sources, binance_api_url=exchange.url))
    assert isinstance(feed, LiveFeed)
    await feed.close()
    # out of reach at a later start: stale, never simulated
    assert isinstance(await open_feed("auto", sources), LiveFeed)


async def test_auto_simulates_when_nobody_can_be_reached_and_keeps_to_it(
    sources: Sources, exchange: PublicPrices
) -> None:
    assert isinstance(await open_feed("auto", sources), SimulatedFeed)
    later = replace(sources, binance_api_url=exchange.url)
    assert isinstance(await open_feed("auto", later), SimulatedFeed)
    assert exchange.asked.total() == 0


async def test_a_replay_is_opened_from_its_file(sources: Sources) -> None:
    feed = await open_feed(f"replay:{SLICE}", sources)
    assert isinstance(feed, ReplayFeed)
    assert feed.symbols == (BTC,)


@pytest.mark.parametrize("setting", ["", "nonsense", "simulated:x", "replay", "replay:"])
async def test_an_unknown_word_stops_the_start(sources: Sources, setting: str) -> None:
    with pytest.raises(SettingsError):
        await open_feed(setting, sources)


async def test_a_missing_replay_file_is_named(sources: Sources) -> None:
    with pytest.raises(InvalidInput, match="no such candle file"):
        await open_feed("replay:/nowhere/BTCUSDT_1m.csv", sources)


class Enough(Exception):
    """Ends a feed from within."""


class First(Ear):
    """Takes the first tick of each symbol and then has heard enough."""

    def __init__(self) -> None:
        self.prices: dict[str, Decimal] = {}

    async def tick(self, tick: Tick) -> None:
        if tick.symbol in self.prices:
            raise Enough
        self.prices[tick.symbol] = tick.price

    def holds(self, symbol: str) -> None:
        raise Enough

    def beat(self, line: str = "") -> None:
        raise Enough


async def test_the_simulated_market_goes_on_from_the_last_price_known(
    sources: Sources, database: Database, clock: FakeClock
) -> None:
    bars, quotes = CandleWriter(database, clock, PAPER), QuoteWriter(database, clock, PAPER)
    bars.note(Tick(BTC, D(91000), clock.now()))
    bars.note(Tick(ETH, D(1000), clock.now()))
    quotes.note(Tick(ETH, D(5000), clock.now()))
    await bars.flush()
    await quotes.flush()
    first = First()
    with pytest.raises(Enough):
        await (await open_feed("simulated", sources)).run(first)
    # the bar where prices were lost in a crash, else the price
    assert abs(first.prices[BTC] - 91000) < 500
    assert abs(first.prices[ETH] - 5000) < 50
