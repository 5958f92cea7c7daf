"""Perpetuals beside spot: prices of their own, which live and die on their own line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.domain.words import MarketKind
from engine.market.beside import SpotAndPerpetuals
from engine.market.feeds import Sources, exchange_feed
from engine.market.hub import Hub
from engine.market.ticks import Tick
from engine.venues.registry import PAPER_INSTRUMENTS
from foundation import limits
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.clock import FakeClock
from tests.support.exchange import PublicPrices
from tests.support.until import until

D = Decimal
SPOT, PERPETUAL, USDC = "BTC/USDT", "BTC/USDT:USDT", "BTC/USDC:USDC"
CLOSED = "http://127.0.0.1:9"


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

    async def tick(self, tick: Tick) -> None:
        self.last[tick.symbol] = tick.price

    def holds(self, symbol: str) -> None: ...

    def beat(self, line: str = "") -> None: ...


def feed(clock: FakeClock, board: str, coins: str, contracts: str) -> SpotAndPerpetuals:
    made = exchange_feed(
        board,
        Sources(
            database=None,  # type: ignore[arg-type]  # an exchange's feed reads none
            clock=clock,
            instruments=PAPER_INSTRUMENTS,
            binance_api_url=coins,
            binance_futures_api_url=contracts,
            bybit_api_url=coins,
        ),
    )
    assert made is not None
    return made


async def told(clock: FakeClock, ear: Heard, symbol: str, price: Decimal) -> None:
    def heard() -> bool:
        clock.advance(limits.LIVE_POLL_S)
        return ear.last.get(symbol) == price

    await until(heard)


@pytest.mark.parametrize("board", ["binance", "bybit", "binance-test"])
async def test_each_market_has_prices_of_its_own(
    clock: FakeClock, nursery: Nursery, coins: PublicPrices, contracts: PublicPrices, board: str
) -> None:
    both, ear = feed(clock, board, coins.url, contracts.url), Heard()
    for market in MarketKind:
        both.serve(market)
    nursery.start("feed", lambda: both.run(ear))
    await told(clock, ear, SPOT, D("65000.10"))
    if board == "bybit":
        assert set(coins.categories) == {"spot", "linear"}
        return
    await told(clock, ear, PERPETUAL, D(65100))
    assert both.symbols == (SPOT, "ETH/USDT", PERPETUAL)
    assert both.lines == ("", "USDT")
    assert set(contracts.asked) == {"/fapi/v1/ticker/price"}
    bars = await both.history(PERPETUAL, clock.now())
    assert bars[-1].close == D(65100)


async def test_a_market_nobody_trades_on_is_not_asked_for(
    clock: FakeClock, nursery: Nursery, coins: PublicPrices, contracts: PublicPrices
) -> None:
    both, ear = feed(clock, "binance", coins.url, contracts.url), Heard()
    nursery.start("feed", lambda: both.run(ear))
    for _ in range(5):
        await until(lambda: clock.sleeping)
        clock.advance(limits.LIVE_POLL_S)
    assert both.lines == ()
    both.serve(MarketKind.LINEAR)
    await told(clock, ear, PERPETUAL, D(65100))
    assert both.lines == ("USDT",)
    assert coins.asked.total() == 0


async def test_an_exchange_never_takes_the_prices_of_another(
    clock: FakeClock, nursery: Nursery, coins: PublicPrices, contracts: PublicPrices
) -> None:
    both, ear = feed(clock, "binance", contracts.url, contracts.url), Heard()
    both.serve(MarketKind.SPOT)
    contracts.fails = True
    nursery.start("feed", lambda: both.run(ear))

    def asked_often() -> bool:
        clock.advance(limits.LIVE_BACKOFF_MAX_S)
        return contracts.asked.total() > limits.LIVE_FAILURES_BEFORE_NEXT * 2

    await until(asked_often)
    assert ear.last == {}
    assert coins.asked.total() == 0


async def test_a_sign_of_life_of_one_line_does_not_freshen_the_other(
    database: Database, clock: FakeClock
) -> None:
    hub = Hub(database, clock, "binance")
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
    # the quietest line counts
    assert hub.age() == limits.FEED_STALE_S + 1


@pytest.mark.parametrize(("board", "name"), [("binance", "BTCUSDC"), ("bybit", "BTCPERP")])
async def test_perpetuals_settled_in_usdc_have_prices_on_a_line_of_their_own(
    clock: FakeClock, nursery: Nursery, contracts: PublicPrices, board: str, name: str
) -> None:
    contracts.prices, contracts.streams = {"BTCUSDT": "65100", name: "65050"}, True
    both, ear = feed(clock, board, contracts.url, contracts.url), Heard()
    both.serve(MarketKind.LINEAR)
    both.want(USDC)
    nursery.start("feed", lambda: both.run(ear))
    await told(clock, ear, USDC, D(65050))
    await told(clock, ear, PERPETUAL, D(65100))
    assert (both.symbols, both.lines) == ((PERPETUAL, USDC), ("USDT", "USDC"))
    assert (await both.history(USDC, clock.now()))[-1].close == D(65050)

    def subscribed() -> bool:
        clock.advance(limits.LIVE_POLL_S)
        topics = {one.lower() for link in contracts.links.values() for one in link}
        return any(name.lower() in one for one in topics)

    await until(subscribed)
    await contracts.push(name, "65049")
    await told(clock, ear, USDC, D(65049))


async def test_a_contract_settled_in_the_coin_itself_gets_no_price(clock: FakeClock) -> None:
    both = feed(clock, "bybit", CLOSED, CLOSED)
    both.want("BTC/USD:BTC")
    assert both.lines == ()
    assert await both.history("BTC/USD:BTC", clock.now()) == ()
