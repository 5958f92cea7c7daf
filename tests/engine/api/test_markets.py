"""The market's window: prices with their freshness, bars, symbols, health."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.api.markets import Markets
from engine.market.candles import CandleWriter
from engine.market.quotes import QuoteWriter
from engine.market.ticks import Tick
from foundation import limits
from foundation.db import Database
from foundation.errors import InvalidInput
from tests.support.clock import FakeClock
from tests.support.feed import QuietFeed

D = Decimal
BTC, ETH = "BTC/USDT", "ETH/USDT"


async def told(database: Database, clock: FakeClock, *symbols: str) -> None:
    quotes, bars = QuoteWriter(database, clock), CandleWriter(database, clock)
    for symbol in symbols:
        tick = Tick(symbol, D("65000.50"), clock.now())
        quotes.note(tick)
        bars.note(tick)
    await quotes.flush()
    await bars.flush()
    await quotes.beat(QuietFeed(BTC), clock.now(), 0)


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


async def test_a_price_the_feed_no_longer_serves_is_stale(
    database: Database, clock: FakeClock
) -> None:
    await told(database, clock, BTC, ETH)
    quote = await Markets(database, clock).quote(ETH)
    assert quote is not None
    assert quote.stale


async def test_bars_come_with_their_opening_time(database: Database, clock: FakeClock) -> None:
    markets = Markets(database, clock)
    await told(database, clock, BTC)
    [bar] = await markets.candles(BTC, 60, 10)
    assert bar.at == clock.now()
    assert bar.open == bar.close == D("65000.50")
    with pytest.raises(InvalidInput):
        await markets.candles(BTC, 0, 10)
