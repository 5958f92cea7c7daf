"""The price stream: told at once, asked over HTTP while it is silent, lost or not to be had."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal

import pytest

from engine.domain.words import MarketKind
from engine.market.live import LiveFeed
from engine.market.sources import Binance, Bybit, Still
from engine.market.ticks import Tick
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.clock import FakeClock
from tests.support.exchange import PublicPrices
from tests.support.until import until

D = Decimal
BTC, ETH, ADA = "BTC/USDT", "ETH/USDT", "ADA/USDT"
CLOSED = "http://127.0.0.1:9"
WHICH = ("binance", "bybit")


class Ear:
    """Remembers what it was told; fails when two tell at once."""

    def __init__(self) -> None:
        self.last: dict[str, Decimal] = {}
        self.ticks = 0
        self.held = 0
        self.heard_at: dict[str, datetime] = {}

    async def tick(self, tick: Tick) -> None:
        self.ticks += 1
        self.last[tick.symbol] = tick.price
        self.heard_at[tick.symbol] = tick.at

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
        served.streams = True
        yield served


class Listening:
    """A running feed on one exchange, once its stream has told a price."""

    def __init__(self, clock: FakeClock, exchange: PublicPrices, which: str) -> None:
        addresses = (exchange.url, CLOSED) if which == "binance" else (CLOSED, exchange.url)
        sources = (Binance(addresses[0]), Bybit(addresses[1]))
        self.clock, self.exchange, self.ear = clock, exchange, Ear()
        self.feed = LiveFeed((BTC, ETH, ADA), sources, clock)
        self.sleepers = 1 if which == "binance" else 2
        """Who sleeps while nobody is asked: bybit's stream is pinged besides."""
        self._told = 0

    async def started(self, nursery: Nursery) -> None:
        assert await self.feed.probe()
        nursery.start("feed", lambda: self.feed.run(self.ear))
        await self.streaming()

    async def streaming(self) -> None:
        """Wait until a price that the stream told is here."""

        async def heard() -> bool:
            self.clock.advance(0.1)
            await self.exchange.push("ETHUSDT", f"3300.{self._told}")
            return self.feed.streaming

        self._told += 1
        await until(heard)

    @property
    def asked(self) -> int:
        return (
            self.exchange.asked["/api/v3/ticker/price"] + self.exchange.asked["/v5/market/tickers"]
        )


@pytest.fixture(params=WHICH)
async def listening(
    request: pytest.FixtureRequest, clock: FakeClock, nursery: Nursery, exchange: PublicPrices
) -> Listening:
    made = Listening(clock, exchange, request.param)
    await made.started(nursery)
    return made


async def test_a_price_is_told_when_it_changes_and_nobody_asks_meanwhile(
    listening: Listening,
) -> None:
    asked, ticks = listening.asked, listening.ear.ticks
    for n in range(10):
        await listening.exchange.push("BTCUSDT", f"6400{n}.5")
        await listening.exchange.push("ETHUSDT", f"320{n}.5")
        await until(lambda n=n: listening.ear.last.get(ETH) == D(f"320{n}.5"))
        assert listening.ear.last[BTC] == D(f"6400{n}.5")
        listening.clock.advance(limits.LIVE_POLL_S)
    assert listening.asked == asked
    # the sign of life is the stream's
    assert listening.ear.ticks >= ticks + 10


async def test_a_silent_stream_is_asked_over_http(listening: Listening) -> None:
    asked = listening.asked
    listening.exchange.prices["BTCUSDT"] = "61000"

    def told() -> bool:
        listening.clock.advance(limits.LIVE_POLL_S)
        return listening.ear.last.get(BTC) == 61000

    await until(told)
    assert listening.asked > asked
    assert listening.exchange.opened == 1
    await listening.streaming()


async def loudly(listening: Listening, seconds: int) -> None:
    """Time passes while the stream tells of ETH and of nothing else."""
    for n in range(seconds):
        await listening.exchange.push("ETHUSDT", f"3400.{n}1")
        await until(lambda n=n: listening.ear.last[ETH] == D(f"3400.{n}1"))
        await until(lambda: listening.clock.sleeping >= listening.sleepers)
        listening.clock.advance(1)


async def test_a_quiet_symbol_is_asked_after_and_told_apart_from_a_silent_one(
    listening: Listening,
) -> None:
    clock, ear, asked = listening.clock, listening.ear, listening.asked
    await loudly(listening, 20)
    await until(lambda: (clock.now() - ear.heard_at[BTC]).total_seconds() <= 6)
    # once for all symbols in so many seconds, not once a second
    assert 3 <= listening.asked - asked <= 5
    assert listening.exchange.opened == 1


async def test_a_symbol_that_is_told_no_more_gets_old_alone(listening: Listening) -> None:
    clock, ear = listening.clock, listening.ear
    del listening.exchange.prices["BTCUSDT"]
    await loudly(listening, 20)
    assert (clock.now() - ear.heard_at[BTC]).total_seconds() > limits.FEED_STALE_S
    assert (clock.now() - ear.heard_at[ETH]).total_seconds() <= 1
    assert listening.feed.symbols == (ETH,)


async def test_an_answer_never_takes_the_place_of_what_the_stream_told_since(
    listening: Listening,
) -> None:
    exchange = listening.exchange
    exchange.meanwhile = lambda: exchange.push("BTCUSDT", "70000")
    exchange.prices["BTCUSDT"] = "61000"

    def told() -> bool:
        listening.clock.advance(limits.LIVE_POLL_S)
        return listening.ear.last.get(BTC) == 70000

    await until(told)
    await until(lambda: exchange.meanwhile is None)
    await loudly(listening, 2)
    assert listening.ear.last[BTC] == 70000


async def test_after_a_gap_what_was_missed_is_asked_for_before_the_stream_goes_on(
    listening: Listening,
) -> None:
    exchange, clock = listening.exchange, listening.clock
    exchange.streams = False
    await exchange.hang_up()
    await until(lambda: not listening.feed.streaming)
    exchange.prices["BTCUSDT"] = "62000"
    exchange.streams = True
    asked = listening.asked

    def back() -> bool:
        clock.advance(limits.LIVE_POLL_S)
        return exchange.opened == 2 and listening.ear.last.get(BTC) == 62000

    await until(back)
    assert listening.asked > asked
    await listening.streaming()


async def test_without_streams_prices_come_by_asking(
    clock: FakeClock, nursery: Nursery, exchange: PublicPrices
) -> None:
    exchange.streams = False
    ear, feed = Ear(), LiveFeed((BTC,), (Binance(exchange.url),), clock)
    nursery.start("feed", lambda: feed.run(ear))

    def asked_often() -> bool:
        clock.advance(limits.LIVE_POLL_S)
        return ear.ticks >= 5

    await until(asked_often)
    assert not feed.streaming
    assert nursery.crashes == {}


async def test_a_dead_stream_is_made_anew(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening.exchange.deaf = True
    monkeypatch.setattr(limits, "LIVE_STREAM_DEAD_S", 0.05)
    # the limit counts from the next frame on
    await listening.exchange.push("BTCUSDT", "64000")

    def again() -> bool:
        listening.clock.advance(limits.LIVE_POLL_S)
        return listening.exchange.opened >= 2

    await until(again)


async def test_bybit_hears_a_ping_of_its_own_kind(
    clock: FakeClock, nursery: Nursery, exchange: PublicPrices
) -> None:
    made = Listening(clock, exchange, "bybit")
    await made.started(nursery)

    def pinged() -> bool:
        clock.advance(limits.LIVE_STREAM_PING_S)
        return exchange.pings >= 2

    await until(pinged)


@pytest.mark.parametrize("which", WHICH)
def test_what_is_not_a_price_is_none(which: str) -> None:
    source = Binance(None) if which == "binance" else Bybit(None)
    symbols = {"BTCUSDT": BTC}
    nothing = {
        "binance": [
            {"result": None, "id": 1},
            {"e": "aggTrade", "s": "OTHER", "p": "1"},
            {"e": "kline", "s": "BTCUSDT"},
        ],
        "bybit": [
            {"success": True, "op": "subscribe"},
            {"topic": "tickers.OTHER", "data": {"symbol": "OTHER", "lastPrice": "1"}},
        ],
    }
    for message in nothing[which]:
        assert source.heard(message, symbols) == []
    refusals = {"binance": {"error": {"code": 2}}, "bybit": {"success": False, "ret_msg": "no"}}
    with pytest.raises(Unavailable):
        source.heard(refusals[which], symbols)


def test_a_delta_without_a_price_is_a_sign_of_life_of_its_symbol() -> None:
    row = {"symbol": "BTCUSDT", "bid1Price": "64000"}
    message = {"topic": "tickers.BTCUSDT", "type": "delta", "data": row}
    assert Bybit(None).heard(message, {"BTCUSDT": BTC}) == [Still(BTC)]


def test_subscriptions_are_as_small_as_the_exchange_wants_them() -> None:
    wishes = Bybit(None).subscriptions([f"S{n}USDT" for n in range(23)])
    assert [len(wish["args"]) for wish in wishes] == [10, 10, 3]
    many = [f"PEPE{n}USDT" for n in range(limits.LIVE_SYMBOLS_MAX)]
    wishes = Binance(None).subscriptions(many)
    assert len(wishes) <= 4
    assert max(len(json.dumps(wish)) for wish in wishes) < 4096


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (Binance(None), "wss://stream.binance.com:9443/ws"),
        (Binance("https://api1.binance.com/"), "wss://stream.binance.com:9443/ws"),
        (Binance("http://127.0.0.1:80"), "ws://127.0.0.1:80/ws"),
        (Bybit(None), "wss://stream.bybit.com/v5/public/spot"),
        (Bybit("https://api.bybit.eu"), "wss://stream.bybit.eu/v5/public/spot"),
        (Bybit("https://proxy.example"), "wss://proxy.example/v5/public/spot"),
        (Binance(None, MarketKind.LINEAR), "wss://fstream.binance.com/ws"),
        (Bybit(None, MarketKind.LINEAR), "wss://stream.bybit.com/v5/public/linear"),
        (Binance(None, test_net=True), "wss://stream.testnet.binance.vision/ws"),
        (Binance(None, MarketKind.LINEAR, test_net=True), "wss://fstream.binancefuture.com/ws"),
        (Bybit(None, test_net=True), "wss://stream-testnet.bybit.com/v5/public/spot"),
        (Binance("http://127.0.0.1:80", test_net=True), "ws://127.0.0.1:80/ws"),
    ],
)
def test_the_stream_is_beside_the_prices(source: Binance | Bybit, address: str) -> None:
    assert source.stream == address


async def test_a_symbol_somebody_asks_for_is_served_and_streamed_too(
    listening: Listening,
) -> None:
    exchange, feed = listening.exchange, listening.feed
    exchange.prices["PEPEUSDT"] = "0.00001"
    feed.want("PEPE/USDT")
    feed.want("PEPE/USDT:USDT")
    feed.want("NOSUCH/USDT")

    def served() -> bool:
        listening.clock.advance(limits.LIVE_POLL_S)
        return "PEPE/USDT" in feed.symbols

    await until(served)
    assert listening.ear.last["PEPE/USDT"] == D("0.00001")
    assert feed.symbols == (BTC, ETH, "PEPE/USDT")
    assert exchange.opened == 1

    async def streamed() -> bool:
        await exchange.push("PEPEUSDT", "0.00002")
        return listening.ear.last["PEPE/USDT"] == D("0.00002")

    await until(streamed)


async def test_a_feed_does_not_grow_without_bound(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LIVE_SYMBOLS_MAX", 2)
    feed = LiveFeed((BTC,), (Binance(CLOSED),), clock)
    for name in ("A/USDT", "B/USDT"):
        feed.want(name)
    assert list(feed._wanted.values()) == [BTC, "A/USDT"]
