"""The market's window: prices with their freshness, bars, symbols, health."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.api.markets import Markets
from engine.domain.words import MarketKind
from engine.market.candles import CandleWriter
from engine.market.quotes import QuoteWriter
from engine.market.ticks import PAPER, Tick
from foundation import limits
from foundation.db import Database
from foundation.errors import InvalidInput
from tests.support.clock import FakeClock
from tests.support.feed import QuietFeed

D = Decimal
BTC, ETH = "BTC/USDT", "ETH/USDT"


async def told(database: Database, clock: FakeClock, *symbols: str) -> None:
    quotes, bars = QuoteWriter(database, clock, PAPER), CandleWriter(database, clock, PAPER)
    for symbol in symbols:
        tick = Tick(symbol, D("65000.50"), clock.now())
        quotes.note(tick)
        bars.note(tick)
    await quotes.flush()
    await bars.flush()
    await quotes.beat(QuietFeed(BTC), {"": clock.now()}, 0)


async def test_before_the_first_price_there_is_nothing(
    database: Database, clock: FakeClock
) -> None:
    markets = Markets(database, clock)
    assert await markets.quote(BTC) is None
    assert await markets.symbols() == ()
    assert await markets.candles(BTC, 15, 100) == ()
    health = await markets.feed_health()
    assert (health.feed, health.live, health.heartbeat_age) == ("none", False, None)


async def test_a_price_is_fresh_while_the_feed_lives(database: Database, clock: FakeClock) -> None:
    markets = Markets(database, clock)
    await told(database, clock, BTC)
    clock.advance(limits.FEED_STALE_S)
    quote = await markets.quote(BTC)
    assert quote is not None
    assert (quote.price, quote.stale) == (D("65000.50"), False)
    clock.advance(1)
    quote = await markets.quote(BTC)
    assert quote is not None
    assert quote.stale
    health = await markets.feed_health()
    assert (health.feed, health.heartbeat_age) == ("quiet", limits.FEED_STALE_S + 1)
    assert health.symbols == (BTC,)


async def test_a_symbol_nobody_tells_of_is_stale_alone(
    database: Database, clock: FakeClock
) -> None:
    markets = Markets(database, clock)
    await told(database, clock, BTC, ETH)
    clock.advance(limits.FEED_STALE_S + 1)
    await told(database, clock, BTC)
    quiet, fresh = await markets.quote(ETH), await markets.quote(BTC)
    assert quiet is not None
    assert fresh is not None
    assert (quiet.stale, fresh.stale) == (True, False)
    assert (clock.now() - quiet.at).total_seconds() == limits.FEED_STALE_S + 1


async def test_each_board_has_prices_bars_and_feeds_of_its_own(
    database: Database, clock: FakeClock
) -> None:
    markets = Markets(database, clock)
    await told(database, clock, BTC)
    there = QuoteWriter(database, clock, "binance")
    there.note(Tick(BTC, D(100), clock.now()))
    await there.flush()
    await there.beat(QuietFeed(BTC), {"": clock.now()}, 0)
    paper, exchange = await markets.quote(BTC), await markets.quote(BTC, "binance")
    assert paper is not None
    assert exchange is not None
    assert (paper.price, exchange.price) == (D("65000.50"), D(100))
    assert [one.price for one in await markets.quotes("binance")] == [D(100)]
    assert await markets.candles(BTC, 60, 10, "binance") == ()
    assert [one.board for one in await markets.feeds()] == [PAPER, "binance"]
    assert (await markets.feed_health("binance", MarketKind.LINEAR)).feed == "none"


async def test_bars_come_with_their_opening_time(database: Database, clock: FakeClock) -> None:
    markets = Markets(database, clock)
    await told(database, clock, BTC)
    [bar] = await markets.candles(BTC, 60, 10)
    assert bar.at == clock.now()
    assert bar.open == bar.close == D("65000.50")
    with pytest.raises(InvalidInput):
        await markets.candles(BTC, 0, 10)


class Contracts(QuietFeed):
    """Serves perpetuals settled in each of these coins."""

    def __init__(self, *coins: str) -> None:
        super().__init__(*(f"BTC/{coin}:{coin}" for coin in coins))
        self.lines = coins  # type: ignore[assignment]  # others than spot


async def test_of_all_lines_of_a_market_the_quietest_counts(
    database: Database, clock: FakeClock
) -> None:
    markets, writer = Markets(database, clock), QuoteWriter(database, clock, "binance")
    before = clock.now()
    clock.advance(20)
    heard = {"USDC": before, "USDT": clock.now()}
    await writer.beat(Contracts("USDC", "USDT"), heard, 0)
    told = await markets.feed_health("binance", MarketKind.LINEAR)
    assert (told.heartbeat_age, told.symbols) == (20, ("BTC/USDC:USDC", "BTC/USDT:USDT"))
    [_, linear] = await markets.feeds()
    assert linear == told
    # after a restart nobody wants the other coin: it is not held against the rest
    await writer.beat(Contracts("USDT"), {"USDT": clock.now()}, 0)
    assert (await markets.feed_health("binance", MarketKind.LINEAR)).heartbeat_age == 0
