"""The hub: a tick reaches whom it concerns, once; nonsense reaches nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.market import candles, quotes
from engine.market.hub import Hub
from engine.market.index import Crossing
from engine.market.ticks import PAPER, Tick
from foundation import limits
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.clock import FakeClock
from tests.support.feed import QuietFeed
from tests.support.until import until

D = Decimal
BTC = "BTC/USDT"


class Listener:
    """Remembers what it was told; refuses while ``away``."""

    def __init__(self) -> None:
        self.heard: list[tuple[Decimal, str]] = []
        self.away = False

    async def __call__(self, tick: Tick, crossings: Sequence[Crossing]) -> None:
        if self.away:
            raise Unavailable("away")
        self.heard.extend((tick.price, crossing.watch_id) for crossing in crossings)


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    opened = Nursery(get_logger("test"))
    yield opened
    await opened.stop()


@pytest.fixture
def hub(database: Database, clock: FakeClock) -> Hub:
    return Hub(database, clock, PAPER)


def tick(clock: FakeClock, price: str, bid: str | None = None, ask: str | None = None) -> Tick:
    return Tick(BTC, D(price), clock.now(), D(bid) if bid else None, D(ask) if ask else None)


async def test_crossings_go_to_the_listener_of_their_owner(hub: Hub, clock: FakeClock) -> None:
    paper, accounts = Listener(), Listener()
    hub.listen("paper:", paper)
    hub.listen("", accounts)
    hub.index.arm("paper:a", "order", BTC, "down", D(99), 0)
    hub.index.arm("a", "target", BTC, "up", D(101), 4)
    await hub.tick(tick(clock, "100"))
    await hub.tick(tick(clock, "98"))
    await hub.tick(tick(clock, "102"))
    assert paper.heard == [(D(98), "order")]
    assert accounts.heard == [(D(102), "target")]


@pytest.mark.parametrize(
    ("price", "bid", "ask", "fault"),
    [
        ("0", None, None, "zero"),
        ("-5", None, None, "zero"),
        ("NaN", None, None, "zero"),
        ("100", "101", "99", "crossed"),
    ],
)
async def test_nonsense_is_refused_and_counted(
    hub: Hub, clock: FakeClock, price: str, bid: str | None, ask: str | None, fault: str
) -> None:
    listener = Listener()
    hub.listen("", listener)
    hub.index.arm("a", "low", BTC, "down", D(200), 1)
    await hub.tick(tick(clock, price, bid, ask))
    assert hub.refused[fault] == 1
    assert hub.quote(BTC) is None
    assert hub.age() is None
    assert listener.heard == []


async def test_what_a_listener_could_not_take_is_told_again_in_order(
    hub: Hub, clock: FakeClock
) -> None:
    listener = Listener()
    hub.listen("", listener)
    for name, level in (("one", 99), ("two", 98)):
        hub.index.arm("a", name, BTC, "down", D(level), 1)
    listener.away = True
    await hub.tick(tick(clock, "99"))
    await hub.tick(tick(clock, "98"))
    listener.away = False
    await hub.tick(tick(clock, "105"))
    assert listener.heard == [(D(99), "one"), (D(98), "two")]
    await hub.tick(tick(clock, "90"))
    assert len(listener.heard) == 2


async def test_freshness_is_the_sign_of_life_not_the_change_of_price(
    hub: Hub, clock: FakeClock
) -> None:
    assert hub.age() is None
    await hub.tick(tick(clock, "100"))
    clock.advance(limits.FEED_STALE_S)
    hub.beat()
    clock.advance(1)
    assert hub.age() == 1
    quote = hub.quote(BTC)
    assert quote is not None
    assert (quote.price, quote.price_at) == (D(100), clock.now() - timedelta(seconds=1))
    clock.advance(limits.FEED_STALE_S)
    assert hub.age() == limits.FEED_STALE_S + 1


async def test_prices_bars_and_heartbeat_reach_the_database(
    hub: Hub, clock: FakeClock, database: Database, nursery: Nursery
) -> None:
    for price in ("100", "103", "99", "101"):
        await hub.tick(tick(clock, price))
    hub.start(nursery, QuietFeed(BTC))

    async def written() -> bool:
        clock.advance(limits.CANDLES_FLUSH_S)
        known = await quotes.latest(database, PAPER, [BTC])
        bars = await candles.read(database, PAPER, BTC, 1, 10)
        return bool(known) and bool(bars)

    await until(written)
    [bar] = await candles.read(database, PAPER, BTC, 1, 10)
    assert (bar.open, bar.high, bar.low, bar.close) == (100, 103, 99, 101)
    assert (await quotes.latest(database, PAPER, [BTC, "ETH/USDT"]))[BTC].price == 101
    [state] = await quotes.states(database)
    assert (state.board, state.line) == (PAPER, "")
    assert (state.feed, state.symbols, state.ticks_refused) == ("quiet", (BTC,), 0)
    assert state.heartbeat_at is not None


async def test_a_lost_database_loses_no_price(
    hub: Hub, clock: FakeClock, database: Database, nursery: Nursery
) -> None:
    await database.pool.execute("alter table quotes rename to hidden")
    await hub.tick(tick(clock, "100"))
    hub.start(nursery, QuietFeed(BTC))
    await until(lambda: clock.sleeping >= 3)
    await database.pool.execute("alter table hidden rename to quotes")

    async def written() -> bool:
        clock.advance(limits.QUOTES_FLUSH_S)
        return BTC in await quotes.latest(database, PAPER, [BTC])

    await until(written)
    assert nursery.crashes == {}


class GrowingFeed(QuietFeed):
    """A feed that notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[str] = []

    def want(self, symbol: str) -> None:
        self.wanted.append(symbol)


async def test_what_has_no_price_is_asked_of_the_feed_also_when_asked_for_before_it_ran(
    hub: Hub, clock: FakeClock, nursery: Nursery
) -> None:
    assert hub.quote("PEPE/USDT") is None
    feed = GrowingFeed()
    hub.start(nursery, feed)
    assert feed.wanted == ["PEPE/USDT"]
    assert hub.quote("WIF/USDT:USDT") is None
    await hub.tick(tick(clock, "100"))
    assert hub.quote(BTC) is not None
    assert feed.wanted == ["PEPE/USDT", "WIF/USDT:USDT"]


async def test_a_word_of_one_symbol_says_nothing_of_another(
    hub: Hub, clock: FakeClock, database: Database
) -> None:
    began = clock.now()
    for symbol in (BTC, "ETH/USDT"):
        await hub.tick(Tick(symbol, D(100), began))
    clock.advance(limits.FEED_STALE_S + 1)
    hub.holds("ETH/USDT")
    hub.holds("NOSUCH/USDT")
    quiet, lost = hub.quote("ETH/USDT"), hub.quote(BTC)
    assert quiet is not None
    assert lost is not None
    assert (quiet.price_at, lost.price_at) == (clock.now(), began)
    assert hub.quote("NOSUCH/USDT") is None
